-- Reads the global metrics; writes nothing.
-- KEYS  1 prefix of every key
-- Reply map of counter to number
local prefix = KEYS[1]
--- @include step/keys

local counters = redis.call('HGETALL', keys.metrics)
local numbers = {}
for i = 1, #counters, 2 do
  numbers[counters[i]] = tonumber(counters[i + 1])
end
return {map = numbers}
