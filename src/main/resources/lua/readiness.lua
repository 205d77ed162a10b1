-- Shows that scripts run and may write: a replica, a full or a failing Redis refuses the write.
-- KEYS  1 prefix of every key
-- Reply the time in ms
local prefix = KEYS[1]
--- @include step/keys
--- @include step/clock

redis.call('SET', keys.readiness, now, 'PX', 1000)
return now
