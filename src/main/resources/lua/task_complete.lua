-- The worker that holds a task reports how it ended. A failure makes it pending again, in its old place, until it has failed too often:
-- then it is dead. A repeated report of an end is answered the same way, and so is a repeated report of the newest failure. Once the task
-- was begun again, only `attempts` tells that from a new failure.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: task id, worker id (may be empty), session id (may be empty), result as JSON (may be
--       empty), error (empty when it went well), attempts of the task when it was claimed (may be empty)
-- Reply {refused reason} or {id, status, completedAt}, completedAt 0 for a task that is to be tried again
-- Events task.completed, task.failed, task.requeued, task.dead; task.assigned for what the worker is given next; leader.elected
--- @include step/run_calls
--- @include step/holder
--- @include step/task_queues
--- @include step/finish_task
--- @include step/auto_assign_tasks
--- @include step/announce_tasks
--- @include step/settle_fleet

local function refused(reason)
  return {map = {refused = reason}}
end

local function answer(taskId, status, completedAt)
  return {map = {id = taskId, status = status, completedAt = completedAt}}
end

local function readTask(ctx, taskId)
  local fields = taskFields(ctx, taskId, 'status', 'workerId', 'attempts', 'completedAt', 'endedSession', 'failedBy',
    'failedSession', 'awaitsRetry')
  return {
    status = fields[1], holder = fields[2], attempts = tonumber(fields[3] or nil), completedAt = tonumber(fields[4] or nil),
    endedSession = fields[5], failedBy = fields[6], failedSession = fields[7], awaitsRetry = fields[8],
  }
end

-- `report` is what the worker tells: {taskId, workerId, sessionId, result, failure, claimedWith}
local function fail(ctx, report, holder)
  local taskId, record = report.taskId, ctx.keys.task .. report.taskId
  local attempts = redis.call('HINCRBY', record, 'attempts', 1)
  redis.call('HSET', record, 'error', report.failure, 'failedBy', holder, 'failedSession', report.sessionId)
  count(ctx, 'tasksFailed')
  emitEvent(ctx, 'task.failed', jsonMembers({'id', taskId, 'workerId', holder, 'attempts', attempts}))
  if attempts < ctx.settings.maxAttempts then
    redis.call('HSET', record, 'awaitsRetry', 1)
    requeueTask(ctx, taskId, redis.call('ZSCORE', ctx.keys.queue .. holder, taskId), holder)
    return answer(taskId, 'pending', 0)
  end
  leaveWorker(ctx, taskId, holder)
  finishTask(ctx, taskId, 'dead', ctx.keys.dead, report.sessionId)
  count(ctx, 'tasksDied')
  emitEvent(ctx, 'task.dead', jsonMembers({'id', taskId, 'workerId', holder, 'attempts', attempts}))
  return answer(taskId, 'dead', ctx.now)
end

local function complete(ctx, report, holder)
  local taskId = report.taskId
  leaveWorker(ctx, taskId, holder)
  if report.result ~= '' then redis.call('HSET', ctx.keys.task .. taskId, 'result', report.result) end
  finishTask(ctx, taskId, 'completed', ctx.keys.completed, report.sessionId)
  count(ctx, 'tasksCompleted')
  emitEvent(ctx, 'task.completed', jsonMembers({'id', taskId, 'workerId', holder}))
  return answer(taskId, 'completed', ctx.now)
end

-- whether the newest failure, after which the task is to be tried again, is reported once more
local function repeatsFailure(report, task)
  if report.failure == '' or task.status == 'dead' or task.failedSession ~= report.sessionId then return false end
  if report.workerId ~= '' and report.workerId ~= task.failedBy then return false end
  if report.claimedWith then return report.claimedWith == task.attempts - 1 end
  return task.awaitsRetry ~= false
end

-- whether the end of the task is reported once more
local function repeatsEnd(report, task)
  local failed = report.failure ~= ''
  local claimedWith = failed and task.attempts - 1 or task.attempts
  return task.endedSession == report.sessionId and failed == (task.status == 'dead')
    and (not report.claimedWith or report.claimedWith == claimedWith)
end

-- the reply to a report of a task that has not ended, nil when nothing speaks against it
local function refusalOf(ctx, report, task)
  local holder = task.holder
  if not holder then return refused('not_assigned_to_worker') end
  if not isAlive(ctx, holder) then return refused('worker_not_registered') end
  if not isHeldBy(ctx, holder, report.sessionId) then return refused('held_by_another_session') end
  if task.status ~= 'in_progress' then return refused('task_not_claimed') end
  if report.claimedWith and report.claimedWith ~= task.attempts then return refused('attempt_is_over') end
  return nil
end

return runCalls(function(ctx, taskId, workerId, sessionId, result, failure, claimedWith)
  local report = {
    taskId = taskId, workerId = workerId, sessionId = sessionId, result = result, failure = failure,
    claimedWith = tonumber(claimedWith),
  }
  local task = readTask(ctx, taskId)
  local holder = task.holder
  if not task.status then return refused('task_not_found') end
  if repeatsFailure(report, task) then return answer(taskId, 'pending', 0) end
  if workerId ~= '' and holder and workerId ~= holder then return refused('not_assigned_to_worker') end
  if task.status == 'completed' or task.status == 'dead' then
    if repeatsEnd(report, task) then return answer(taskId, task.status, task.completedAt) end
    return refused('task_already_ended')
  end
  local refusal = refusalOf(ctx, report, task)
  if refusal then return refusal end
  local reply = (failure == '' and complete or fail)(ctx, report, holder)
  autoAssignTasks(ctx, holder)
  announceTasks(ctx)
  settleFleet(ctx, holder)
  return reply
end)
