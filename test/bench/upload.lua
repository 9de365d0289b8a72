-- wrk's part: an upload of the usual size, told from all others by its number. Eight digits are base64 as they are.
-- Run as `wrk … -s upload.lua URL ROUND`; prints what came of it as one line of JSON.
local body = '{"callsign":"M%dABC","type":"RECEIVED_TELEM","time_created":%d,"time_uploaded":1295103600,'
  .. '"data":{"string":"JCRiZW5jaCwx%04d%08dLDEwOjQyOjEwLDU0LjQyMjgyOSwtNi43NDEyOTMs","frequency":434075000}}'
local headers = { ["Content-Type"] = "application/json" }
local round, count = 0, 0

function init(args)
  round = tonumber(args[1])
end

function request()
  count = count + 1
  local text = body:format(count % 50, 1295000000 + count, round, count)
  return wrk.format("POST", "/message", headers, text)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(('{"answered":%d,"seconds":%.6f,"errors":%d,"p50":%.3f,"p99":%.3f}\n'):format(
    summary.requests - errors.status, summary.duration / 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
