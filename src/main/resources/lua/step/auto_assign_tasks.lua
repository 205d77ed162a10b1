-- autoAssignTasks(ctx, instanceId) -> how many tasks the worker was given. Its fair share is ceil((pending + assigned + in progress) / workers),
-- at most its capacity. It is filled with the best pending tasks that the worker may take. That is a hint: a claim takes the best task,
-- whoever it is assigned to.
local function autoAssignTasks(ctx, instanceId)
  local keys, given = ctx.keys, 0
  if redis.call('EXISTS', keys.pending) == 0 then return given end
  --- @include open_tasks
  --- @include task_queues
  local worker = readWorker(ctx, instanceId)
  if not worker then return given end
  local open = redis.call('ZCARD', keys.tasks.pending) + redis.call('ZCARD', keys.tasks.assigned)
    + redis.call('ZCARD', keys.tasks.in_progress)
  local share = math.min(math.ceil(open / redis.call('SCARD', keys.role .. 'worker')), worker.capacity)
  local room = share - redis.call('ZCARD', keys.queue .. instanceId)
  if room <= 0 then return given end
  for _, found in ipairs(openTasks(ctx, worker.roles, {'pending'}, room)) do
    if given == room then break end
    local task = readTask(ctx, found.id)
    if task then
      assignTask(ctx, task, instanceId)
      given = given + 1
    else
      --- @include drop_lost_task
      dropLostTask(ctx, found.id, found.required)
    end
  end
  return given
end
