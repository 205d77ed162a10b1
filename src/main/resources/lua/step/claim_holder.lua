-- Whether who reports on a claim holds it. A report is {taskId, claim nil for none, workerId '' for none, sessionId '' for none}.
-- refusalOf(ctx, task, report) -> the reply that refuses a report on a task, nil for the holder's; then report.holder is {workerId, claim,
-- session}.
-- noteReport(ctx, task, report, kind) keeps who has reported the end of a claim and how, and what the status of the task is now, so that a
-- repeated report is recognised.
-- repeats(ctx, task, report, kind) -> whether the report repeats the newest one.
--- @include session
--- @include task_queues
local function refused(reason, task)
  return {map = {refused = reason, status = task and task.status or nil}}
end

local function refusalOf(ctx, task, report)
  if not task then return refused('task_not_found') end
  if report.claim and report.claim ~= task.claim then return refused('claim_is_over', task) end
  if report.workerId ~= '' and task.workerId and report.workerId ~= task.workerId then return refused('not_assigned_to_worker', task) end
  if task.status == 'completed' or task.status == 'dead' or task.status == 'cancelled' then return refused('task_already_ended', task) end
  if not task.workerId then return refused('not_assigned_to_worker', task) end
  local session, owner = liveSessionOf(ctx, task.workerId)
  if not session then return refused('worker_not_registered', task) end
  if isForeign(ctx, task.workerId, session, owner) then return {map = {foreign = 1}} end
  local isNamed = report.claim and report.sessionId == ''
  if not isNamed and session ~= report.sessionId then return refused('held_by_another_session', task) end
  if task.status ~= 'in_progress' then return refused('task_not_claimed', task) end
  report.holder = {workerId = task.workerId, claim = task.claim, session = session}
  return nil
end

local function noteReport(ctx, task, report, kind)
  local holder = report.holder
  redis.call('HSET', ctx.keys.task .. task.id, 'lastReport', kind, 'lastClaim', integer(holder.claim), 'lastWorker', holder.workerId,
    'lastSession', holder.session, 'lastBy', ctx.by, 'lastStatus', task.status)
end

local function repeats(ctx, task, report, kind)
  if not task or task.status == 'in_progress' and not report.claim then return false end
  local last = redis.call('HMGET', ctx.keys.task .. task.id, 'lastReport', 'lastClaim', 'lastWorker', 'lastSession', 'lastBy')
  if last[1] ~= kind or not ctx.ownsAll and last[5] ~= ctx.by then return false end
  if report.claim then return tonumber(last[2]) == report.claim end
  return last[4] == report.sessionId and (report.workerId == '' or report.workerId == last[3])
end
