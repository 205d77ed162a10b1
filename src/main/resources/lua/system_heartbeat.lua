-- Keeps an instance alive: record, health, deadline and, if it leads, its lease. Fills a leader vacancy and tops a worker
-- up to its fair share. It never brings a dead instance back, nor answers for another session.
-- KEYS  1 prefix of every key
-- ARGV  1 time to live, ms  2 task capacity of a worker  3 stream length, and for each call
--       instance id, session id (may be empty)
-- Reply for each call 1 when alive, else 0
-- Events leader.elected, task.assigned; instance.expired for what the sweep finds
local prefix = KEYS[1]
local ttl, capacity, streamLength = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
--- @include step/keys
--- @on-demand step/check_types checkTypes
--- @on-demand step/sweep_expired sweepExpired
--- @include step/dead_instances
--- @include step/holder
--- @include step/extend_life
--- @include step/update_gossip_health
--- @on-demand step/settle_fleet settleFleet
--- @include step/global_state
--- @include step/auto_assign_tasks
--- @on-demand step/announce_tasks announceTasks
--- @on-demand step/redistribute redistribute
--- @include step/leader

-- Most often there is nothing to do but to live on: nobody has died, somebody leads, and there is no task to be had.
local function isQuiet(instanceId)
  if #step.deadInstances() > 0 or not step.currentLeader() then return false end
  local held = tonumber(redis.call('ZSCORE', keys.load, instanceId))
  return not held or not step.someMayBeHad(held)
end

local function liveOn(instanceId)
  redis.call('HSET', keys.instance(instanceId), 'lastSeen', nowText)
  step.extendLife(instanceId)
  step.updateGossipHealth(instanceId, 'healthy')
end

-- Looks at all that is written then, so that nothing fails half-way; what does fail is named by checkTypes.
local function mayLiveOnQuietly(instanceId, sessionId)
  if not isQuiet(instanceId) or not step.heldBy(instanceId, sessionId) then return false end
  redis.call('HLEN', keys.gossip(instanceId))
  return true
end

local function beat(instanceId, sessionId)
  local looked, quiet = pcall(mayLiveOnQuietly, instanceId, sessionId)
  if looked and quiet then
    liveOn(instanceId)
    return 1
  end
  step.checkTypes({keys.queue(instanceId)}, {keys.instance(instanceId), keys.gossip(instanceId)})
  local swept = step.sweepExpired()
  local alive = step.heldBy(instanceId, sessionId)
  local changed = swept.expired > 0
  if alive then
    liveOn(instanceId)
    local tasks = step.autoAssignTasks(instanceId)
    if tasks.assigned > 0 then step.announceTasks(instanceId, tasks.moves) end
    changed = changed or tasks.assigned > 0 or not step.currentLeader()
  end
  if swept.expired > 0 then step.redistribute() end
  if changed then step.fleetHasChanged(alive and instanceId or nil) end
  return alive and 1 or 0
end
--- @each-call beat 3 2
