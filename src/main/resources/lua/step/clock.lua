-- The only clock: Redis TIME, read once a script. `now` is in milliseconds, `nowMicros` in microseconds
-- (both are exact in a double until the year 2255).
local time = redis.call('TIME')
local nowMicros = tonumber(time[1]) * 1000000 + tonumber(time[2])
local now = math.floor(nowMicros / 1000)
-- For arguments of redis.call: it writes a number with 17 digits, which takes longer than many a command, and here would be done
-- again and again.
local nowText = string.format('%.0f', now)
