-- Looks at the fleet's health and clears away what has died, one sweep's worth.
-- KEYS  1 prefix of every key
-- ARGV  1 time to live, ms  2 task capacity of a worker  3 stream length
-- Reply {healthy, failed, reassigned}: instances seen within half their time to live, instances expired by this call, and
--       tasks of theirs that went back to pending
-- Events instance.expired, task.assigned, leader.elected
local prefix = KEYS[1]
local ttl, capacity, streamLength = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
--- @include step/check_types
--- @include step/sweep_expired
--- @include step/redistribute
--- @include step/settle_fleet
--- @include step/clock
--- @include step/integer

step.checkTypes({}, {})
local swept = step.sweepExpired()
if swept.expired > 0 then
  step.redistribute()
  step.settleFleet()
end
return {map = {
  healthy = redis.call('ZCOUNT', keys.active, '(' .. step.integer(now + ttl / 2), '+inf'),
  failed = swept.expired,
  reassigned = swept.requeued,
}}
