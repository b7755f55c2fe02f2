-- A read of one customer after the other, each on a new connection; one line of JSON at the end.
local refs = {}
for line in io.lines(os.getenv("BENCH_REFS")) do refs[#refs + 1] = line end
local headers = {
  ["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN"),
  ["Connection"] = "close",
}

function request()
  local ref = refs[math.random(#refs)]
  return wrk.format("GET", "/api/v1/customers/" .. ref .. "?purpose=follow_up", headers)
end

function done(summary, latency, requests)
  local wrong = summary.errors.status + summary.errors.timeout
  io.write(string.format('{"answers": %d, "seconds": %f, "errors": %d, "p50": %f, "p99": %f}\n',
    summary.requests - summary.errors.status, summary.duration / 1e6, wrong,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
