-- Reads the state of the fleet at one moment; writes nothing.
-- KEYS  1 prefix of every key
-- ARGV  1 time to live of an instance, ms  2 most entries of each list
-- Reply {version, leader id or '', term, instances, tasks, recentEvents}: instances by rank (role leader first, then the
--       longest registered), without those whose deadline has passed; tasks in progress, then assigned, then pending, each
--       in their order; events newest first, {id, type, payload}
local prefix = KEYS[1]
local ttl, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
--- @include step/keys
--- @include step/clock
--- @include step/map_reply
--- @include step/task_record

local instances = {}
for _, id in ipairs(redis.call('ZRANGE', candidatesKey, 0, limit - 1)) do
  local deadline = tonumber(redis.call('ZSCORE', activeKey, id))
  local record = mapReply(redis.call('HGETALL', instanceKey(id)))
  if record and deadline and deadline > now then
    if deadline - now <= ttl / 2 then record.map.health = 'degraded' end
    instances[#instances + 1] = record
  end
end

local tasks = {}
for _, index in ipairs({inProgressKey, assignedKey, pendingKey}) do
  if #tasks < limit then
    for _, id in ipairs(redis.call('ZRANGE', index, 0, limit - #tasks - 1)) do
      tasks[#tasks + 1] = taskRecord(id)
    end
  end
end

local events = {}
for _, entry in ipairs(redis.call('XREVRANGE', eventsKey, '+', '-', 'COUNT', limit)) do
  local event = mapReply(entry[2])
  event.map.id = entry[1]
  events[#events + 1] = event
end

return {map = {
  version = tonumber(redis.call('HGET', stateKey, 'version') or 0),
  leader = redis.call('GET', leaderKey) or '',
  term = tonumber(redis.call('GET', termKey) or 0),
  instances = instances,
  tasks = tasks,
  recentEvents = events,
}}
