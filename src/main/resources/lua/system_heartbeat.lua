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
--- @on-demand step/holder heldBy
--- @include step/live_on
--- @on-demand step/settle_fleet settleFleet
--- @on-demand step/global_state fleetHasChanged
--- @include step/auto_assign_tasks
--- @on-demand step/announce_tasks announceTasks
--- @on-demand step/redistribute redistribute
--- @include step/leader

step.afterCalls = step.indexLives

-- The deadlines of instances, and how many tasks the workers among them hold, nil for none: looked up for all calls of the run at
-- once, and again after one that was not quiet.
local deadlines, held

local function scoresOfAll(key)
  local ids, scores = {}, {}
  for first = noted.settings + 1, #ARGV, noted.size do ids[#ids + 1] = ARGV[first] end
  for i, score in ipairs(call('ZMSCORE', key, unpack(ids))) do scores[ids[i]] = tonumber(score or nil) end
  return scores
end

-- Whether there is nothing to do but to live on, as most often: nobody has died, somebody leads, and there is no task to be had.
-- It looks at all that is written then, so that nothing fails half-way; what does fail is named by checkTypes.
local function mayLiveOnQuietly(instanceId, sessionId)
  if #(noted.dead or step.deadInstances()) > 0 or not (noted.leader or step.currentLeader()) then return false end
  deadlines = deadlines or scoresOfAll(keys.active)
  local diesAt = deadlines[instanceId]
  if not diesAt or diesAt <= now then return false end
  -- what a worker without tasks does not get, no other does
  if step.someMayBeHad(0) then
    held = held or scoresOfAll(keys.load)
    if held[instanceId] and step.someMayBeHad(held[instanceId]) then return false end
  end
  if call('HGET', keys.instance(instanceId), 'sessionId') ~= sessionId then return false end
  call('HLEN', keys.gossip(instanceId))
  return true
end

local function beat(instanceId, sessionId)
  local looked, quiet = pcall(mayLiveOnQuietly, instanceId, sessionId)
  if looked and quiet then
    step.liveOn(instanceId)
    return 1
  end
  deadlines, held = nil, nil
  step.checkTypes({keys.queue(instanceId)}, {keys.instance(instanceId), keys.gossip(instanceId)})
  local swept = step.sweepExpired()
  local alive = step.heldBy(instanceId, sessionId)
  local changed = swept.expired > 0
  if alive then
    step.liveOn(instanceId)
    local tasks = step.autoAssignTasks(instanceId)
    if tasks.assigned > 0 then step.announceTasks(instanceId, tasks.moves) end
    changed = changed or tasks.assigned > 0 or not step.currentLeader()
  end
  if swept.expired > 0 then step.redistribute() end
  if changed then step.fleetHasChanged(alive and instanceId or nil) end
  return alive and 1 or 0
end
--- @each-call beat 3 2
