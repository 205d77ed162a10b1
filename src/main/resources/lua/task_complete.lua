-- The worker that holds a task reports how it ended. A failure puts it back to pending, in its old place, until it has
-- failed too often: then it is dead. Telling an end twice is answered the same way, and so is telling the newest failure
-- twice; once the task was begun again, only the number of attempts tells that from a new failure.
-- KEYS  1 prefix of every key
-- ARGV  1 task capacity of a worker  2 stream length  3 attempts before a task is dead  4 how long a finished task is kept, ms
--       5 task id  6 worker id, may be empty  7 session id, may be empty  8 result, JSON, may be empty
--       9 error, empty when it went well  10 how often the task had failed when it was claimed, may be empty
-- Reply {refused reason} or {id, status, completedAt}, completedAt 0 for a task that is to be tried again
-- Events task.completed, task.failed, task.requeued, task.dead; task.assigned for what the worker is given next; leader.elected
local prefix = KEYS[1]
local capacity, streamLength = tonumber(ARGV[1]), ARGV[2]
local maxAttempts, retention = tonumber(ARGV[3]), tonumber(ARGV[4])
local taskId, workerId, sessionId, result, failure = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local claimedWith = tonumber(ARGV[10])
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

local function refused(reason)
  return {map = {refused = reason}}
end

local function answer(status, completedAt)
  return {map = {id = taskId, status = status, completedAt = completedAt}}
end

local function fail(holder, order)
  local attempts = redis.call('HINCRBY', keys.task(taskId), 'attempts', 1)
  redis.call('HSET', keys.task(taskId), 'error', failure, 'failedBy', holder, 'failedSession', sessionId)
  redis.call('HINCRBY', keys.metrics, 'tasksFailed', 1)
  step.emitEvent('task.failed', {'id', taskId, 'workerId', holder, 'attempts', attempts})
  if attempts < maxAttempts then
    redis.call('HSET', keys.task(taskId), 'awaitsRetry', 1)
    step.requeueTask(taskId, order, holder)
    return answer('pending', 0)
  end
  step.leaveWorker(taskId, holder)
  step.finishTask(taskId, 'dead', keys.dead, sessionId)
  step.forgetFinished(keys.dead)
  redis.call('HINCRBY', keys.metrics, 'tasksDied', 1)
  step.emitEvent('task.dead', {'id', taskId, 'workerId', holder, 'attempts', attempts})
  return answer('dead', now)
end

local function complete(holder)
  step.leaveWorker(taskId, holder)
  if result ~= '' then redis.call('HSET', keys.task(taskId), 'result', result) end
  step.finishTask(taskId, 'completed', keys.completed, sessionId)
  step.forgetFinished(keys.completed)
  redis.call('HINCRBY', keys.metrics, 'tasksCompleted', 1)
  step.emitEvent('task.completed', {'id', taskId, 'workerId', holder})
  return answer('completed', now)
end

local task = step.taskFields(taskId, 'status', 'workerId', 'attempts', 'completedAt', 'endedSession', 'failedBy',
  'failedSession', 'awaitsRetry')
local status, holder, attempts, completedAt, endedSession = task[1], task[2], tonumber(task[3]), tonumber(task[4]), task[5]
local failedBy, failedSession, awaitsRetry = task[6], task[7], task[8]

-- whether the newest failure, after which the task was to be tried again, is told once more
local function repeatsFailure()
  if failure == '' or status == 'dead' or failedSession ~= sessionId then return false end
  if workerId ~= '' and workerId ~= failedBy then return false end
  if claimedWith then return claimedWith == attempts - 1 end
  return awaitsRetry ~= false
end

-- whether the end of the task is told once more
local function repeatsEnd()
  local failed = failure ~= ''
  local atEnd = failed and attempts - 1 or attempts
  return endedSession == sessionId and failed == (status == 'dead') and (not claimedWith or claimedWith == atEnd)
end

if not status then return refused('task_not_found') end
if repeatsFailure() then return answer('pending', 0) end
if workerId ~= '' and holder and workerId ~= holder then return refused('not_assigned_to_worker') end
if status == 'completed' or status == 'dead' then
  if repeatsEnd() then return answer(status, completedAt) end
  return refused('task_already_ended')
end
if not holder then return refused('not_assigned_to_worker') end
step.checkTypes({keys.queue(holder)}, {keys.instance(holder)})
if not step.isAlive(holder) then return refused('worker_not_registered') end
if not step.heldBy(holder, sessionId) then return refused('held_by_another_session') end
if status ~= 'in_progress' then return refused('task_not_claimed') end
if claimedWith and claimedWith ~= attempts then return refused('attempt_is_over') end

local reply
if failure == '' then
  reply = complete(holder)
else
  reply = fail(holder, redis.call('ZSCORE', keys.queue(holder), taskId))
end
local tasks = step.autoAssignTasks(holder)
step.announceTasks(holder, tasks.moves)
step.settleFleet(holder)
return reply
