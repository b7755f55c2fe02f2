"""Reason codes in words: the log keeps the code, people read the sentence."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MESSAGES: dict[str, Promise | str] = {
    "rule": _("访问规则允许"),
    "role": _("岗位允许此项操作"),
    "share": _("两人同意的提供允许"),
    "share-not-covered": _("提供的范围或用途不含此类信息"),
    "share-over": _("提供已到期、已停止，或所依的协议已结束"),
    "system": _("系统作业，按声明的范围"),
    "demo": _("演示由此开始"),
    "masked": _("只显示掩码"),
    "stepped-up": _("已完成二次验证"),
    "token-grant": _("令牌持有在期的授权"),
    "nearness-own": _("客户在其名下"),
    "nearness-case": _("客户因受理的事项而授权"),
    "nearness-lent": _("凭在期的临时授权"),
    "nearness-window": _("凭紧急访问"),
    "review-overdue": _("您有一次紧急访问逾期未复盘，复盘之前不能再用"),
    "window-running": _("紧急访问还开着，结束后再复盘"),
    "window-open": _("您已有一次紧急访问开着"),
    "grant-purpose": _("临时授权不含此用途，请改用授权时的用途"),
    "nearness-unit": _("客户属于本机构"),
    "nearness-all": _("岗位可跨机构查看"),
    "no-rule": _("没有规则允许此岗位查看此类信息"),
    "role-not-covered": _("您的岗位不能进行此项操作"),
    "class-not-covered": _("您的岗位不能查看此类信息"),
    "purpose-not-covered": _("所选用途不含此类信息，请改用相符的用途"),
    "level-not-covered": _("所选用途不含此等级的信息，请改用相符的用途"),
    "reach-not-covered": _("客户不在此规则的范围之内"),
    "channel-not-covered": _("此渠道不能查看此类信息"),
    "network-not-covered": _("您所在的网络不能查看此类信息，请在规则允许的网络内办理"),
    "hours-not-covered": _("现在不在规则允许的时段，请在工作时间办理"),
    "training-not-covered": _("此类信息须先完成培训、签署承诺"),
    "step-up-not-covered": _("此等级的信息须先完成二次验证"),
    "token-not-covered": _("此令牌不含该操作或用途，请向管理员申请"),
    "token-expired": _("令牌已到期"),
    "token-network": _("令牌不能在此网段使用"),
    "token-owner-left": _("令牌所属人员已停用"),
    "token-revoked": _("令牌已吊销"),
    "bad-code": _("验证码不对，或已经用过"),
    "code-over": _("一次性代码已过期、已用过或试错太多次"),
    "too-often": _("短时间内要代码的次数太多"),
    "own-customer": _("这是您名下或与您有关的客户，请由另一人办理"),
    "address-doubted": _("登记的地址与员工或多名客户相同，或未经核实，不能寄登录信函"),
    "bad-credentials": _("登录名或密码不对"),
    "idle": _("长时间没有操作，已自动退出"),
    "session-too-long": _("登录已到最长时间，已自动退出"),
    "session-ended": _("登录已在别处结束"),
    "proof-mobile": _("以发到登记手机的一次性代码证明身份"),
    "proof-email": _("以发到登记邮箱的一次性代码证明身份"),
    "proof-branch": _("在柜面核对证件证明身份"),
    "proof-paper": _("以书面材料证明身份"),
    "restricted": _("该客户的资料已限制处理，只存不用"),
    "objected": _("该客户不同意将资料用于此用途，请改用相符的用途"),
    "consent-missing": _(
        "客户没有同意将资料用于此用途；请客户本人在客户服务里同意，或凭其书面同意登记"
    ),
    "consent-withdrawn": _("客户已撤回或拒绝此用途所依据的同意；要继续办理，请客户本人重新同意"),
    "request-own": _("这项申请涉及您本人，请由另一人办理"),
    "request-of-family": _("申请人是您的家人，请由另一人办理"),
    "request-about-you": _("这项申请问的是您的查询，请由另一人答复"),
    "request-not-proven": _("申请人的身份还没有核验，不能告知任何内容"),
    "never-shown": _("此项信息永不显示"),
    "not-visible": _("没有找到，或不在您的范围之内"),
    "own-request": _("不能复核自己提出的事项，请由另一人复核"),
    "decided-already": _("已有人处理"),
    "decided-by-you": _("您已经复核过，还需另一人"),
    "new-approver": _("您任现岗的时间还不够，暂不能复核，请由另一人复核"),
    "reporting-line": _("您与申请人或所涉人员有上下级关系，请由另一人复核"),
    "about-you": _("此事项涉及您本人，请由另一人复核"),
    "correction-own": _("这件更正由您提出，或客户由您服务，或涉及您本人，请由另一人办理"),
    "correction-vouched": _("客户的确认由您经手，或由您核对，请由另一人办理"),
    "correction-not-yours": _("这件更正由另一人核对，请由他办理或先退回"),
    "not-yours": _("只有提出人本人可以提交或撤回"),
    "own-work-only": _("您只能为自己登记事项；别人的事项请由客服或合规官登记"),
    "outside-case": _("超出案件已批准的范围"),
    "finding-own": _("这项发现涉及您本人，请由另一人定性"),
    "not-your-line": _("这项权限不由您复核"),
    "last-administrator": _("在岗的系统管理员只剩这一名"),
    "last-officers": _("在岗的合规官只剩两名，少于两名就没有人能四眼复核"),
    "quota": _("查询限额已用完，此次没有显示；如确有工作需要，请联系合规官"),
    "quota-pace": _("查询已接近限额，请隔几秒再看下一位客户"),
}


def tell(words: Mapping[str, Promise | str]) -> None:
    """Apps to the right say what reasons of theirs mean; each code belongs to one of them."""
    MESSAGES.update(words)


def sentence(code: str) -> Promise | str:
    return MESSAGES.get(code, code)
