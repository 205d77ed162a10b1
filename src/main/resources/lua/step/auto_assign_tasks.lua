-- autoAssignTasks(instanceId) -> {assigned, total, moves}: how many tasks the worker was given, how many it holds now,
-- and {taskId, from} for each that was given. Nothing for an instance that is no worker.
--
-- A worker's fair share is ceil((pending + assigned + in progress) / workers), at most `capacity`. It is filled from the
-- best pending tasks that the worker may take. When none is left for it, the worker takes unclaimed tasks from the most
-- loaded ones while that evens the two out: the last in their order, since those would be begun last. Expects `capacity`.
--
-- The work is bounded by the capacity, the number of role sets in use and WORKERS_EXAMINED; the number of tasks and of
-- instances enters only through the logarithm of a sorted set's size.
--- @include keys
--- @include task_queues
--- @include role_sets
local WORKERS_EXAMINED = 10

-- the best `room` pending tasks that the roles allow, over all queues that they may draw from
local function bestPending(roles, room)
  local found = {}
  for _, roleSet in ipairs(redis.call('SMEMBERS', roleSetsKey)) do
    if hasAllRoles(roles, roleSet) then
      local heads = redis.call('ZRANGE', pendingRolesKey(roleSet), 0, room - 1, 'WITHSCORES')
      for i = 1, #heads, 2 do
        found[#found + 1] = {id = heads[i], order = tonumber(heads[i + 1]), roleSet = roleSet}
      end
    end
  end
  table.sort(found, function(a, b) return a.order < b.order end)
  return found
end

-- the unclaimed tasks of a worker that the roles allow, in their order
local function unclaimedTasks(workerId, roles)
  local found = {}
  local held = redis.call('ZRANGE', queueKey(workerId), 0, -1, 'WITHSCORES')
  for i = 1, #held, 2 do
    local task = redis.call('HMGET', taskKey(held[i]), 'status', 'roleSet')
    if task[1] == 'assigned' and hasAllRoles(roles, task[2]) then
      found[#found + 1] = {id = held[i], order = tonumber(held[i + 1])}
    end
  end
  return found
end

local function mostLoadedWorkers(instanceId)
  local workers = {}
  local loads = redis.call('ZREVRANGE', loadKey, 0, WORKERS_EXAMINED, 'WITHSCORES')
  for i = 1, #loads, 2 do
    if loads[i] ~= instanceId then
      workers[#workers + 1] = {id = loads[i], load = tonumber(loads[i + 1])}
    end
  end
  return workers
end

-- takes one task from the most loaded worker that has one to give; false when that would not even anything out
local function evenOut(instanceId, roles, held, workers, moves)
  local most
  for _, worker in ipairs(workers) do
    if not worker.spent and (not most or worker.load > most.load) then most = worker end
  end
  if not most or most.load - held < 2 then return false end
  most.unclaimed = most.unclaimed or unclaimedTasks(most.id, roles)
  local task = table.remove(most.unclaimed)
  if not task then
    most.spent = true
    return evenOut(instanceId, roles, held, workers, moves)
  end
  takeBack(task.id, most.id)
  giveTask(task.id, task.order, instanceId)
  most.load = most.load - 1
  moves[#moves + 1] = {taskId = task.id, from = most.id}
  return true
end

local function autoAssignTasks(instanceId)
  local held = tonumber(redis.call('ZSCORE', loadKey, instanceId))
  if not held then return {assigned = 0, total = 0, moves = {}} end
  local open = redis.call('ZCARD', pendingKey) + redis.call('ZCARD', assignedKey) + redis.call('ZCARD', inProgressKey)
  local share = math.min(math.ceil(open / redis.call('ZCARD', loadKey)), capacity)
  local moves = {}
  if held < share then
    local roles = rolesOf(instanceId)
    for _, task in ipairs(bestPending(roles, share - held)) do
      if held == share then break end
      if takePending(task.id, task.roleSet) then
        giveTask(task.id, task.order, instanceId)
        held = held + 1
        moves[#moves + 1] = {taskId = task.id}
      end
    end
    if held < share then
      local workers = mostLoadedWorkers(instanceId)
      while held < share and evenOut(instanceId, roles, held, workers, moves) do
        held = held + 1
      end
    end
  end
  return {assigned = #moves, total = held, moves = moves}
end
