-- Looks at the fleet's health and clears away what has died, one sweep's worth.
-- KEYS  1 prefix of every key
-- ARGV  1 time to live, ms  2 stream length
-- Reply {healthy, failed, reassigned}: instances seen within half their time to live, instances expired by this call, and
--       tasks of theirs that went back to pending
-- Events instance.expired, task.requeued, leader.elected
local prefix = KEYS[1]
local ttl, streamLength = tonumber(ARGV[1]), ARGV[2]
--- @include step/sweep_expired
--- @include step/settle_fleet

local swept = sweepExpired()
if swept.expired > 0 then settleFleet() end
return {map = {
  healthy = redis.call('ZCOUNT', activeKey, '(' .. integer(now + ttl / 2), '+inf'),
  failed = swept.expired,
  reassigned = swept.requeued,
}}
