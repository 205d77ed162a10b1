-- Reads the state of the fleet at one moment.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: most entries of each list; a list ends earlier when its entries are large
-- Reply {version, leader id or '', term, instances, tasks, recentEvents}: instances alive, by rank (role leader first, then the longest
--       registered), when there are too many those seen last; tasks in progress, then assigned, then pending, each in their order;
--       events newest first, {id, type, payload}
--- @include step/run_calls
--- @include step/map_reply
--- @include step/task_record
--- @include step/room

-- the most recently seen of those alive; dead ones that wait for a sweep must not take their places
local function rankedInstances(ctx, limit)
  local ranked = {}
  for _, id in ipairs(redis.call('ZREVRANGEBYSCORE', ctx.keys.active, '+inf', '(' .. integer(ctx.deadUntil), 'LIMIT', 0, limit)) do
    ranked[#ranked + 1] = {id = id, rank = tonumber(redis.call('ZSCORE', ctx.keys.candidates, id) or nil) or math.huge}
  end
  table.sort(ranked, function(a, b) return a.rank < b.rank or a.rank == b.rank and a.id < b.id end)
  return ranked
end

local function readInstances(ctx, limit)
  local instances, hasRoom = {}, newRoom()
  for _, ranked in ipairs(rankedInstances(ctx, limit)) do
    local record = mapReply(redis.call('HGETALL', ctx.keys.instance .. ranked.id))
    if record then
      if ctx.now - tonumber(record.map.lastSeen) >= ctx.settings.ttl / 2 then record.map.health = 'degraded' end
      if not hasRoom(record) then break end
      instances[#instances + 1] = record
    end
  end
  return instances
end

local function readTasks(ctx, limit)
  local tasks, hasRoom = {}, newRoom()
  for _, index in ipairs({ctx.keys.inProgress, ctx.keys.assigned, ctx.keys.pending}) do
    local ids = #tasks < limit and redis.call('ZRANGE', index, 0, limit - #tasks - 1) or {}
    for _, id in ipairs(ids) do
      local task = taskRecord(ctx, id)
      if task and not hasRoom(task) then return tasks end
      tasks[#tasks + 1] = task
    end
  end
  return tasks
end

local function readEvents(ctx, limit)
  local events, hasRoom = {}, newRoom()
  for _, entry in ipairs(redis.call('XREVRANGE', ctx.keys.events, '+', '-', 'COUNT', limit)) do
    local event = mapReply(entry[2])
    event.map.id = entry[1]
    if not hasRoom(event) then break end
    events[#events + 1] = event
  end
  return events
end

return runCalls(function(ctx, limitText)
  local limit = tonumber(limitText)
  return {map = {
    version = tonumber(redis.call('HGET', ctx.keys.state, 'version') or 0),
    leader = ctx.leader or '',
    term = ctx.term,
    instances = readInstances(ctx, limit),
    tasks = readTasks(ctx, limit),
    recentEvents = readEvents(ctx, limit),
  }}
end)
