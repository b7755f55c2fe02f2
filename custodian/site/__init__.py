"""The visual language: frames, navigation, components, and the pages that belong to no one app."""
