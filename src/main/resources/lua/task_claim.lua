#!lua flags=allow-oom
-- A worker begins tasks: the best ones that nobody has begun and that it may take, by priority, then age, whoever they are assigned to; of
-- equal priority those that are assigned to it first. It has at most its capacity in progress. A task whose resources are held by one in
-- progress is passed over. With `resume` it first gets what it has in progress, under new claims.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: worker id, session id (may be empty), most tasks, resume 0|1
-- Reply {refused reason} or {tasks list of maps of the tasks' fields, held how many it has in progress now, room for how many more, roles of
--       the worker as JSON}
-- Events task.claimed; instance.expired, leader.elected and those of tasks for what was due
--- @include step/run_calls
--- @include step/sweep_expired
--- @include step/session
--- @include step/open_tasks
--- @include step/settle_fleet
--- @include step/wake_tasks

-- so many are looked at beyond those wanted, since their resources may be held
local LOOK = 20
-- sequence numbers are less than this (task_create.lua)
local PRIORITY_STEP = 70368744177664

-- the best tasks that nobody has begun, the worker's own first within a priority
local function candidates(ctx, workerId, roles, wanted)
  local keys, isOwn, isFound = ctx.keys, {}, {}
  local found = openTasks(ctx, roles, {'pending', 'assigned'}, wanted + LOOK)
  for _, task in ipairs(found) do isFound[task.id] = true end
  local own = redis.call('ZDIFF', 2, keys.queue .. workerId, keys.claimed .. workerId, 'WITHSCORES')
  for i = 1, #own, 2 do
    isOwn[own[i]] = true
    if not isFound[own[i]] then found[#found + 1] = {id = own[i], order = tonumber(own[i + 1])} end
  end
  table.sort(found, function(a, b)
    local first, second = math.floor(a.order / PRIORITY_STEP), math.floor(b.order / PRIORITY_STEP)
    if first ~= second then return first < second end
    if isOwn[a.id] ~= isOwn[b.id] then return isOwn[a.id] == true end
    return a.order < b.order
  end)
  return found
end

local function resumeTasks(ctx, workerId, tasks)
  for _, taskId in ipairs(redis.call('ZRANGE', ctx.keys.claimed .. workerId, 0, -1)) do
    local task = readTask(ctx, taskId)
    if task and task.status == 'in_progress' then
      claimTask(ctx, task, workerId)
      tasks[#tasks + 1] = taskRecord(ctx, taskId)
    end
  end
end

local function claimTasks(ctx, workerId, roles, wanted, tasks)
  if wanted <= 0 then return end
  local looked = 0
  for _, found in ipairs(candidates(ctx, workerId, roles, wanted)) do
    if wanted == 0 or looked == LOOK then break end
    local task = readTask(ctx, found.id)
    if not task then
      --- @include step/drop_lost_task
      redis.call('ZREM', ctx.keys.queue .. workerId, found.id)
      if found.required then dropLostTask(ctx, found.id, found.required) end
    elseif areResourcesFree(ctx, task) then
      claimTask(ctx, task, workerId)
      tasks[#tasks + 1] = taskRecord(ctx, task.id)
      wanted = wanted - 1
    else
      looked = looked + 1
    end
  end
end

return runCalls(function(ctx, workerId, sessionId, maxTasks, resume)
  local refusal = refuseForeign(ctx, workerId)
  if refusal then return refusal end
  local swept, tasks = sweepExpired(ctx), {}
  wakeTasks(ctx)
  local refused, held
  local holder = liveSessionOf(ctx, workerId)
  local worker = holder == sessionId and readWorker(ctx, workerId)
  if worker then
    if resume == '1' then resumeTasks(ctx, workerId, tasks) end
    held = redis.call('ZCARD', ctx.keys.claimed .. workerId)
    local resumed, room, left = #tasks, worker.capacity - held, claimsLeft(ctx)
    claimTasks(ctx, workerId, worker.roles, math.min(maxTasks - resumed, room, left), tasks)
    held = held + #tasks - resumed
    if #tasks == 0 and room > 0 and left <= 0 then refused = 'quota_claims' end
  end
  if swept.expired > 0 or next(ctx.moved) or worker and not ctx.leader then settleFleet(ctx, worker and workerId or nil) end
  if not holder then
    refused = 'worker_not_registered'
  elseif holder ~= sessionId then
    refused = 'held_by_another_session'
  elseif not worker then
    refused = 'not_a_worker'
  end
  if refused then return {map = {refused = refused}} end
  return {map = {
    tasks = tasks,
    held = held,
    room = math.max(worker.capacity - held, 0),
    roles = worker.rolesJson,
  }}
end)
