-- autoAssignTasks(instanceId) -> {assigned, total, moves}: how many tasks the worker was given, how many it holds now,
-- and {taskId, from} for each that was given. Nothing for an instance that is no worker.
--
-- A worker's fair share is ceil((pending + assigned + in progress) / workers), at most `capacity`. It is filled from the
-- best pending tasks that the worker may take. When none is left for it, the worker takes unclaimed tasks from
-- those that have the most of them, while that evens the two out: the last in their order, since those would be begun
-- last. Expects `capacity`.
--
-- The work is bounded by the capacity, the number of role sets in use and DONORS_EXAMINED; the number of tasks and of
-- instances enters only through the logarithm of a sorted set's size.
--- @include keys
--- @include task_queues
--- @include role_sets
--- @include pick_tasks
local DONORS_EXAMINED = 10

-- the workers that have the most to give
local function donorsFor(instanceId)
  local donors = {}
  for _, id in ipairs(redis.call('ZREVRANGE', unclaimedKey, 0, DONORS_EXAMINED)) do
    local load = id ~= instanceId and tonumber(redis.call('ZSCORE', loadKey, id))
    if load then donors[#donors + 1] = {id = id, load = load} end
  end
  return donors
end

local function tasksFor(roles, donorId)
  local allowed = {}
  for _, task in ipairs(unclaimedTasks(donorId)) do
    if hasAllRoles(roles, task.roleSet) then allowed[#allowed + 1] = task end
  end
  return allowed
end

-- takes one task from the most loaded donor that has one to give; false when that would not even anything out
local function evenOut(instanceId, roles, held, donors, moves)
  local most
  for _, donor in ipairs(donors) do
    if not donor.spent and (not most or donor.load > most.load) then most = donor end
  end
  if not most or most.load - held < 2 then return false end
  most.tasks = most.tasks or tasksFor(roles, most.id)
  local task = table.remove(most.tasks)
  if not task then
    most.spent = true
    return evenOut(instanceId, roles, held, donors, moves)
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
      local donors = donorsFor(instanceId)
      while held < share and evenOut(instanceId, roles, held, donors, moves) do
        held = held + 1
      end
    end
  end
  return {assigned = #moves, total = held, moves = moves}
end
