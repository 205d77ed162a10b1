#!lua flags=allow-oom
-- Compares the indexes with the records of tasks and instances, one page of one index a call, and puts the indexes right.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: number of the index to walk (1 at the beginning), position behind which the page begins:
--       score and id (step/read_page.lua), whether the bench is listed (step/refuse_unlisted.lua)
-- Reply {unlisted 1} or {repaired how many entries were put right, index, score, id: where to go on, no such fields after the last page}
-- Events those of tasks whose holder is gone; instance.expired; leader.elected
--- @include step/run_calls
--- @include step/index_instance
--- @include step/rank_behind
--- @include step/refuse_unlisted
--- @include step/remove_instance
--- @include step/session
--- @include step/settle_fleet

local PAGE = 100
-- sequence numbers are less than this (task_create.lua)
local PRIORITY_STEP = 70368744177664
local STATUSES = {'scheduled', 'blocked', 'pending', 'assigned', 'in_progress', 'completed', 'dead', 'cancelled'}

-- commands that answer how many entries they have added or removed
local function call(repaired, ...)
  return repaired + redis.call(...)
end

local function repairTask(ctx, taskId)
  local keys, task, repaired = ctx.keys, readTask(ctx, taskId), 0
  if not task then
    for _, index in pairs(keys.tasks) do repaired = call(repaired, 'ZREM', index, taskId) end
    for _, index in ipairs({keys.allTasks, keys.pendingSince, keys.leases}) do repaired = call(repaired, 'ZREM', index, taskId) end
    return repaired
  end
  local status, isOpen = task.status, task.status == 'pending' or task.status == 'assigned'
  for other, index in pairs(keys.tasks) do
    if other ~= status then repaired = call(repaired, 'ZREM', index, taskId) end
  end
  repaired = call(repaired, 'ZADD', keys.allTasks, 'NX', integer(task.order % PRIORITY_STEP), taskId)
  local score = status == 'pending' and task.order or status == 'scheduled' and redis.call('HGET', keys.task .. taskId, 'runAt')
  repaired = call(repaired, 'ZADD', keys.tasks[status], 'NX', score or ctx.nowText, taskId)
  if isOpen then
    repaired = repaired + fileRoleSet(ctx, task.roleSet)
    repaired = call(repaired, 'ZADD', keys.open[status] .. task.roleSet, task.order, taskId)
  end
  if status == 'pending' then
    repaired = call(repaired, 'ZADD', keys.pendingSince, 'NX', redis.call('HGET', keys.task .. taskId, 'createdAt'), taskId)
  elseif status == 'blocked' then
    for _, id in ipairs(cjson.decode(redis.call('HGET', keys.task .. taskId, 'dependsOn'))) do
      local dependency = readTask(ctx, id)
      if dependency and dependency.status ~= 'completed' then repaired = call(repaired, 'SADD', keys.dependents .. id, taskId) end
    end
  elseif task.workerId and (status == 'assigned' or status == 'in_progress') then
    if not isAlive(ctx, task.workerId) then
      local holder = task.workerId
      if status == 'in_progress' then
        loseTask(ctx, task, 'worker_died', 'the worker ' .. holder .. ' has died')
      else
        leave(ctx, task)
        putBack(ctx, task)
        emitTaskEvent(ctx, 'task.requeued', task, 'previousWorkerId', holder)
      end
      return repaired + 1
    end
    repaired = call(repaired, 'ZADD', keys.queue .. task.workerId, task.order, taskId)
    if status == 'in_progress' then
      repaired = call(repaired, 'ZADD', keys.claimed .. task.workerId, integer(task.claim), taskId)
      for _, path in ipairs(pathsOf(task)) do repaired = call(repaired, 'ZADD', keys.resources, 0, path) end
      local leaseUntil = redis.call('HGET', keys.task .. taskId, 'leaseUntil')
      if leaseUntil then repaired = call(repaired, 'ZADD', keys.leases, 'NX', leaseUntil, taskId) end
    end
  end
  return repaired
end

local function repairInstance(ctx, instanceId)
  local entry, repaired = redis.call('HGET', ctx.keys.records, instanceId), 0
  if not entry or not isAlive(ctx, instanceId) then
    expireInstance(ctx, instanceId)
    return 1
  end
  local roles = roleSet(rolesJsonOf(entry))
  for role in pairs(roles) do repaired = call(repaired, 'SADD', ctx.keys.role .. role, instanceId) end
  local rank = ctx.nowMicros + (roles.leader and 0 or WITHOUT_LEADER_ROLE)
  return call(repaired, 'ZADD', ctx.keys.candidates, 'NX', integer(rank), instanceId)
end

-- of the fleet: what a principal stores is not counted anew
local function countUsage(ctx)
  local tasks = redis.call('ZCARD', ctx.keys.allTasks)
  for _, ended in ipairs({'completed', 'dead', 'cancelled'}) do tasks = tasks - redis.call('ZCARD', ctx.keys.tasks[ended]) end
  redis.call('HSET', ctx.keys.usage, 'instances', redis.call('ZCARD', ctx.keys.active), 'tasks', tasks)
end

return runCalls(function(ctx, indexNumber, score, lastId, isListed)
  local unlisted = refuseUnlisted(ctx, isListed)
  if unlisted then return unlisted end
  local keys, number = ctx.keys, tonumber(indexNumber)
  local indexes = {keys.active, keys.allTasks}
  for _, status in ipairs(STATUSES) do indexes[#indexes + 1] = keys.tasks[status] end
  local repaired = 0
  local first = rankBehind(indexes[number], {score = score, id = lastId})
  local found = redis.call('ZRANGE', indexes[number], first, first + PAGE - 1, 'WITHSCORES')
  for i = 1, #found, 2 do repaired = repaired + (number == 1 and repairInstance or repairTask)(ctx, found[i]) end
  for _, status in ipairs(STATUSES) do ctx.moved[status] = true end
  countUsage(ctx)
  if repaired > 0 then settleFleet(ctx) else aggregateGlobalMetrics(ctx, fleetSize(ctx)) end
  local reply = {repaired = repaired}
  if #found == 2 * PAGE then
    reply.index, reply.score, reply.id = number, found[#found], found[#found - 1]
  elseif indexes[number + 1] then
    reply.index, reply.score, reply.id = number + 1, '-inf', ''
  end
  return {map = reply}
end)
