-- The worker that holds a task reports how it ended. A failure puts it back to pending, in its old place, until it has
-- failed too often: then it is dead. Telling an end twice is answered the same way, and so is telling the newest failure
-- twice; once the task was begun again, only the number of attempts tells that from a new failure.
-- KEYS  1 prefix of every key
-- ARGV  1 task capacity of a worker  2 stream length  3 attempts before a task is dead  4 how long a finished task is kept, ms,
--       and for each call
--       task id, worker id (may be empty), session id (may be empty), result as JSON (may be empty), error (empty when it
--       went well), how often the task had failed when it was claimed (may be empty)
-- Reply for each call {refused reason} or {id, status, completedAt}, completedAt 0 for a task that is to be tried again
-- Events task.completed, task.failed, task.requeued, task.dead; task.assigned for what the worker is given next; leader.elected
local prefix = KEYS[1]
local capacity, streamLength = tonumber(ARGV[1]), ARGV[2]
local maxAttempts, retention = tonumber(ARGV[3]), tonumber(ARGV[4])
--- @include step/keys
--- @include step/check_types
--- @include step/task_record
--- @include step/holder
--- @include step/task_queues
--- @include step/finish_task
--- @include step/auto_assign_tasks
--- @include step/announce_tasks
--- @include step/settle_fleet
--- @include step/emit_event
--- @include step/json_members

local function refused(reason)
  return {map = {refused = reason}}
end

local function answer(taskId, status, completedAt)
  return {map = {id = taskId, status = status, completedAt = completedAt}}
end

-- `report` is what the worker tells: {taskId, workerId, sessionId, result, failure, claimedWith}
local function fail(report, holder, order)
  local taskId = report.taskId
  local attempts = redis.call('HINCRBY', keys.task(taskId), 'attempts', 1)
  redis.call('HSET', keys.task(taskId), 'error', report.failure, 'failedBy', holder, 'failedSession', report.sessionId)
  step.count('tasksFailed')
  step.emitEvent('task.failed', step.jsonMembers({'id', taskId, 'workerId', holder, 'attempts', attempts}))
  if attempts < maxAttempts then
    redis.call('HSET', keys.task(taskId), 'awaitsRetry', 1)
    step.requeueTask(taskId, order, holder)
    return answer(taskId, 'pending', 0)
  end
  step.leaveWorker(taskId, holder)
  step.finishTask(taskId, 'dead', keys.dead, report.sessionId)
  step.forgetFinished(keys.dead)
  step.count('tasksDied')
  step.emitEvent('task.dead', step.jsonMembers({'id', taskId, 'workerId', holder, 'attempts', attempts}))
  return answer(taskId, 'dead', now)
end

local function complete(report, holder)
  local taskId = report.taskId
  step.leaveWorker(taskId, holder)
  if report.result ~= '' then redis.call('HSET', keys.task(taskId), 'result', report.result) end
  step.finishTask(taskId, 'completed', keys.completed, report.sessionId)
  step.forgetFinished(keys.completed)
  step.count('tasksCompleted')
  step.emitEvent('task.completed', step.jsonMembers({'id', taskId, 'workerId', holder}))
  return answer(taskId, 'completed', now)
end

local function readTask(taskId)
  local fields = step.taskFields(taskId, 'status', 'workerId', 'attempts', 'completedAt', 'endedSession', 'failedBy',
    'failedSession', 'awaitsRetry')
  return {
    status = fields[1],
    holder = fields[2],
    attempts = tonumber(fields[3]),
    completedAt = tonumber(fields[4]),
    endedSession = fields[5],
    failedBy = fields[6],
    failedSession = fields[7],
    awaitsRetry = fields[8],
  }
end

-- whether the newest failure, after which the task was to be tried again, is told once more
local function repeatsFailure(report, task)
  if report.failure == '' or task.status == 'dead' or task.failedSession ~= report.sessionId then return false end
  if report.workerId ~= '' and report.workerId ~= task.failedBy then return false end
  if report.claimedWith then return report.claimedWith == task.attempts - 1 end
  return task.awaitsRetry ~= false
end

-- whether the end of the task is told once more
local function repeatsEnd(report, task)
  local failed = report.failure ~= ''
  local atEnd = failed and task.attempts - 1 or task.attempts
  return task.endedSession == report.sessionId and failed == (task.status == 'dead')
    and (not report.claimedWith or report.claimedWith == atEnd)
end

-- the reply to a report of a task that has not ended, nil when nothing speaks against it
local function refusal(report, task)
  local holder = task.holder
  if not holder then return refused('not_assigned_to_worker') end
  step.checkTypes({keys.queue(holder)}, {keys.instance(holder)})
  if not step.isAlive(holder) then return refused('worker_not_registered') end
  if not step.heldBy(holder, report.sessionId) then return refused('held_by_another_session') end
  if task.status ~= 'in_progress' then return refused('task_not_claimed') end
  if report.claimedWith and report.claimedWith ~= task.attempts then return refused('attempt_is_over') end
  return nil
end

local function finish(taskId, workerId, sessionId, result, failure, claimedWith)
  local report = {
    taskId = taskId,
    workerId = workerId,
    sessionId = sessionId,
    result = result,
    failure = failure,
    claimedWith = tonumber(claimedWith),
  }
  local task = readTask(taskId)
  local status, holder = task.status, task.holder
  if not status then return refused('task_not_found') end
  if repeatsFailure(report, task) then return answer(taskId, 'pending', 0) end
  if workerId ~= '' and holder and workerId ~= holder then return refused('not_assigned_to_worker') end
  if status == 'completed' or status == 'dead' then
    if repeatsEnd(report, task) then return answer(taskId, status, task.completedAt) end
    return refused('task_already_ended')
  end
  local reply = refusal(report, task)
  if reply then return reply end
  if failure == '' then
    reply = complete(report, holder)
  else
    reply = fail(report, holder, redis.call('ZSCORE', keys.queue(holder), taskId))
  end
  local tasks = step.autoAssignTasks(holder)
  step.announceTasks(holder, tasks.moves)
  step.fleetHasChanged(holder)
  return reply
end
--- @each-call finish 4 6
