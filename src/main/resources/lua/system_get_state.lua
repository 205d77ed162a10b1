#!lua flags=allow-oom
-- Reads the state of the fleet at one moment.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: most entries of each list; a list ends earlier when its entries are large
-- Reply {readAt, version, leader id or '', term, instances, tasks, recentEvents, alive, counts, truncated 0|1}: instances alive, by rank (role leader first, then the longest
--       registered), when there are too many those seen last; tasks that have not ended, by status;
--       events newest first, {id, type, payload}; how many instances are alive; map of status to number of tasks; whether
--       instances or open tasks are left out, or events because they are large
--- @include step/run_calls
--- @include step/count_tasks
--- @include step/instance_record
--- @include step/map_reply
--- @include step/task_record
--- @include step/room

-- the statuses of tasks that have not ended, in the order of the list
local OPEN = {'in_progress', 'assigned', 'pending', 'scheduled', 'blocked'}

-- the most recently seen of those alive; dead ones that wait for a sweep must not take their places
local function rankedInstances(ctx, limit)
  local ranked = {}
  for _, id in ipairs(redis.call('ZREVRANGEBYSCORE', ctx.keys.active, '+inf', '(' .. integer(ctx.deadUntil), 'LIMIT', 0, limit)) do
    ranked[#ranked + 1] = {id = id, rank = tonumber(redis.call('ZSCORE', ctx.keys.candidates, id) or nil) or math.huge}
  end
  table.sort(ranked, function(a, b) return a.rank < b.rank or a.rank == b.rank and a.id < b.id end)
  return ranked
end

-- readInstances, readTasks, readEvents(ctx, limit) -> a list, and whether it was cut short of `limit` because its entries are large
local function readInstances(ctx, limit)
  local instances, hasRoom = {}, newRoom()
  for _, ranked in ipairs(rankedInstances(ctx, limit)) do
    local record = instanceRecord(ctx, ranked.id)
    if record and not hasRoom(record) then return instances, true end
    instances[#instances + 1] = record
  end
  return instances, false
end

local function readTasks(ctx, limit)
  local tasks, hasRoom = {}, newRoom()
  for _, status in ipairs(OPEN) do
    local ids = #tasks < limit and redis.call('ZRANGE', ctx.keys.tasks[status], 0, limit - #tasks - 1) or {}
    for _, id in ipairs(ids) do
      local task = taskRecord(ctx, id)
      if task and not hasRoom(task) then return tasks, true end
      tasks[#tasks + 1] = task
    end
  end
  return tasks, false
end

local function readEvents(ctx, limit)
  local events, hasRoom = {}, newRoom()
  for _, entry in ipairs(redis.call('XREVRANGE', ctx.keys.events, '+', '-', 'COUNT', limit)) do
    local event = mapReply(entry[2])
    event.map.id = entry[1]
    if not hasRoom(event) then return events, true end
    events[#events + 1] = event
  end
  return events, false
end

return runCalls(function(ctx, limitText)
  local limit = tonumber(limitText)
  local instances, instancesCut = readInstances(ctx, limit)
  local tasks, tasksCut = readTasks(ctx, limit)
  local events, eventsCut = readEvents(ctx, limit)
  local alive, counts = redis.call('ZCOUNT', ctx.keys.active, '(' .. integer(ctx.deadUntil), '+inf'), countTasks(ctx)
  local openTasks = 0
  for _, status in ipairs(OPEN) do openTasks = openTasks + counts[status] end
  return {map = {
    readAt = ctx.now,
    version = tonumber(redis.call('HGET', ctx.keys.state, 'version') or 0),
    leader = ctx.leader or '',
    term = ctx.term,
    instances = instances,
    tasks = tasks,
    recentEvents = events,
    alive = alive,
    counts = {map = counts},
    truncated = (instancesCut or tasksCut or eventsCut or alive > limit or openTasks > limit) and 1 or 0,
  }}
end)
