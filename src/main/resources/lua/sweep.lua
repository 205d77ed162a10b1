-- One bounded sweep, for a replica's timer: expired instances, and finished tasks that are no longer kept.
-- KEYS  1 prefix of every key
-- ARGV  1 stream length  2 how long a finished task is kept, ms
-- Reply how many instances were expired; fewer than a batch when none is left
-- Events instance.expired, task.requeued, leader.elected
local prefix = KEYS[1]
local streamLength, retention = ARGV[1], tonumber(ARGV[2])
--- @include step/sweep_expired
--- @include step/settle_fleet
--- @include step/finish_task

local expired = sweepExpired().expired
forgetFinished(completedKey)
forgetFinished(deadKey)
-- a vacancy without a death is one that was made by hand
local vacancy = redis.call('EXISTS', leaderKey) == 0 and redis.call('ZCARD', candidatesKey) > 0
if expired > 0 or vacancy then settleFleet() end
return expired
