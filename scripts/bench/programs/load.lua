-- Sends the requests of a file in turn, by wrk, and prints what wrk has found as the last line:
-- a LoadResult of load.ts, as JSON.
local parts = {}
local sent = 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  while true do
    local length = file:read("*n")
    if length == nil then break end
    file:read(1)
    local bytes = file:read(length)
    local between = {}
    local at = 1
    while true do
      local from, to = bytes:find("{serial}", at, true)
      between[#between + 1] = bytes:sub(at, (from or 0) - 1)
      if from == nil then break end
      at = to + 1
    end
    parts[#parts + 1] = between
  end
  file:close()
end

function request()
  local part = parts[sent % #parts + 1]
  sent = sent + 1
  if part[2] == nil then return part[1] end
  return table.concat(part, string.format("%08d", sent))
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  print(string.format(
    '{"requests":%d,"seconds":%.3f,"p99":%.3f,"slowest":%.3f,"bytes":%d,"failed":%d}',
    summary.requests, summary.duration / 1e6, latency:percentile(99) / 1e3, latency.max / 1e3,
    summary.bytes, failed))
end
