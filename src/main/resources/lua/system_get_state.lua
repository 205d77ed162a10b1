-- Reads the state of the fleet at one moment; writes nothing.
-- KEYS  1 prefix of every key
-- ARGV  1 time to live of an instance, ms  2 most entries of each list; it ends earlier when they are large
-- Reply {version, leader id or '', term, instances, tasks, recentEvents}: instances alive, by rank (role leader first, then
--       the longest registered), when there are too many those seen last; tasks in progress, then assigned, then pending, each
--       in their order; events newest first, {id, type, payload}
local prefix = KEYS[1]
local ttl, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
--- @include step/keys
--- @include step/clock
--- @include step/map_reply
--- @include step/task_record
--- @include step/room

-- the most recently seen of those alive; dead ones that wait for a sweep must not take their places
local ranked = {}
for _, id in ipairs(redis.call('ZREVRANGEBYSCORE', keys.active, '+inf', '(' .. nowText, 'LIMIT', 0, limit)) do
  ranked[#ranked + 1] = {id = id, rank = tonumber(redis.call('ZSCORE', keys.candidates, id)) or math.huge}
end
table.sort(ranked, function(a, b) return a.rank < b.rank or a.rank == b.rank and a.id < b.id end)

local instances = {}
local hasRoom = step.newRoom()
for _, candidate in ipairs(ranked) do
  local record = step.hashReply(keys.instance(candidate.id))
  if record then
    if now - tonumber(record.map.lastSeen) >= ttl / 2 then record.map.health = 'degraded' end
    if not hasRoom(record) then break end
    instances[#instances + 1] = record
  end
end

local tasks = {}
local full = false
hasRoom = step.newRoom()
for _, index in ipairs({keys.inProgress, keys.assigned, keys.pending}) do
  local ids = #tasks < limit and redis.call('ZRANGE', index, 0, limit - #tasks - 1) or {}
  for _, id in ipairs(ids) do
    local task = not full and step.taskRecord(id)
    full = full or task and not hasRoom(task)
    if task and not full then tasks[#tasks + 1] = task end
  end
end

local events = {}
hasRoom = step.newRoom()
for _, entry in ipairs(redis.call('XREVRANGE', keys.events, '+', '-', 'COUNT', limit)) do
  local event = step.mapReply(entry[2])
  event.map.id = entry[1]
  if not hasRoom(event) then break end
  events[#events + 1] = event
end

return {map = {
  version = tonumber(redis.call('HGET', keys.state, 'version') or 0),
  leader = redis.call('GET', keys.leader) or '',
  term = tonumber(redis.call('GET', keys.term) or 0),
  instances = instances,
  tasks = tasks,
  recentEvents = events,
}}
