-- One bounded sweep, for a replica's timer: clears away expired instances and finished tasks that are no longer kept, and
-- hands out what is pending.
-- KEYS  1 prefix of every key
-- ARGV  1 task capacity of a worker  2 stream length  3 how long a finished task is kept, ms
-- Reply how many instances were expired; 0 when none is left
-- Events instance.expired, task.assigned, leader.elected
local prefix = KEYS[1]
local capacity, streamLength, retention = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
--- @include step/check_types
--- @include step/sweep_expired
--- @include step/redistribute
--- @include step/settle_fleet
--- @include step/finish_task

step.checkTypes({}, {})
local swept = step.sweepExpired()
local given = step.redistribute()
local forgotten = step.forgetFinished(keys.completed) + step.forgetFinished(keys.dead)
-- a vacancy without a death is one that was made by hand
local vacancy = redis.call('EXISTS', keys.leader) == 0 and redis.call('ZCARD', keys.candidates) > 0
if swept.expired > 0 or given > 0 or vacancy then
  step.settleFleet()
elseif forgotten > 0 then
  step.aggregateGlobalMetrics(step.fleetSize())
end
return swept.expired
