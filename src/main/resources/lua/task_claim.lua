-- A worker begins tasks: those assigned to it first, then the best pending ones that it may take, up to its capacity.
-- KEYS  1 prefix of every key
-- ARGV  1 task capacity of a worker  2 stream length, and for each call
--       worker id, session id (may be empty), most tasks
-- Reply for each call {refused reason} or {tasks list of maps of the tasks' fields}
-- Events task.claimed; instance.expired, task.assigned, leader.elected for what the sweep finds
local prefix = KEYS[1]
local capacity, streamLength = tonumber(ARGV[1]), ARGV[2]
--- @include step/check_types
--- @include step/sweep_expired
--- @include step/holder
--- @include step/task_queues
--- @include step/best_pending
--- @include step/role_sets
--- @include step/unclaimed_tasks
--- @include step/task_record
--- @on-demand step/redistribute redistribute
--- @include step/settle_fleet
--- @include step/emit_event
--- @include step/json_members

-- what is to be begun, none of it yet
local function chooseTasks(workerId, maxTasks)
  local chosen = step.unclaimedTasks(workerId)
  local room = math.min(maxTasks - #chosen, capacity - redis.call('ZCARD', keys.queue(workerId)))
  if room <= 0 then return chosen end
  for _, task in ipairs(step.bestPending(step.rolesOf(workerId), room)) do
    if room == 0 then break end
    if step.takePending(task.id, task.roleSet) then
      step.giveTask(task.id, task.order, workerId)
      chosen[#chosen + 1] = task
      room = room - 1
    end
  end
  return chosen
end

local function claim(workerId, sessionId, maxTasksText)
  local maxTasks = tonumber(maxTasksText)
  step.checkTypes({keys.queue(workerId)}, {keys.instance(workerId)})
  local swept = step.sweepExpired()
  local changed = swept.expired > 0
  local allowed = step.heldBy(workerId, sessionId) and redis.call('ZSCORE', keys.load, workerId)
  local tasks = {}
  if allowed then
    local chosen = chooseTasks(workerId, maxTasks)
    for i = 1, math.min(maxTasks, #chosen) do
      step.beginTask(chosen[i].id, chosen[i].order, workerId)
      step.emitEvent('task.claimed', step.jsonMembers({'id', chosen[i].id, 'workerId', workerId}))
      tasks[i] = step.taskRecord(chosen[i].id)
    end
    changed = changed or #tasks > 0 or not step.currentLeader()
  end
  if swept.expired > 0 then step.redistribute() end
  if changed then step.fleetHasChanged(allowed and workerId or nil) end
  if not allowed then return {map = {refused = 'worker_not_registered'}} end
  return {map = {tasks = tasks}}
end
--- @each-call claim 2 3
