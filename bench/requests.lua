-- Requests out of a file: each is preceded by its length in eight digits. Every thread takes the
-- file of its own number; when it is used up, the thread says so and asks for nothing any more.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  file = assert(io.open(args[1] .. "." .. number, "rb"))
end

function request()
  local length = file:read(8)
  if length == nil then
    return "GET /used-up HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
  end
  return file:read(tonumber(length))
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    "BENCH %d %d %d %d %d %d %d %d\n", summary.duration, summary.requests, errors.status,
    errors.connect + errors.read + errors.write, errors.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
