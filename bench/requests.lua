-- Requests out of a file: each is preceded by its length in eight digits. Every thread takes the
-- file of its own number; when it is used up, the thread says so and asks for nothing any more.
-- Where a rate is given, a request leaves at its moment, or as soon as a line is free after it.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  file = assert(io.open(args[1] .. "." .. number, "rb"))
  if args[2] then
    delay = paced(1000 / tonumber(args[2]))
  end
end

-- How many milliseconds the next request has to wait: one leaves in each step of the schedule,
-- whatever became of those before it.
function paced(step)
  local ffi = require("ffi")
  ffi.cdef("typedef struct { long s; long ns; } moment; int clock_gettime(int which, moment *at);")
  local at, due = ffi.new("moment"), nil
  local function now()
    ffi.C.clock_gettime(1, at)
    return tonumber(at.s) * 1e3 + tonumber(at.ns) / 1e6
  end
  return function()
    due = (due or now()) + step
    return math.max(0, due - now())
  end
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
