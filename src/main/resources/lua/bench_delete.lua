#!lua flags=allow-oom
-- Deletes a bench step by step: its instances, then its tasks, then the rest.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: 1 to delete live instances, too, else 0
-- Reply {refused reason} or {deleted, more}: how many instances and tasks were deleted, 1 when more are left, else 0
--- @include step/run_calls
--- @include step/drop_bench
--- @include step/remove_instance
--- @include step/settle_fleet

-- an instance may have many tasks, which are put back
local MOST_INSTANCES, MOST_TASKS = 10, 100

local function deleteTask(ctx, taskId)
  local keys, task = ctx.keys, readTask(ctx, taskId)
  if task then leave(ctx, task) end
  redis.call('ZREM', keys.allTasks, taskId)
  redis.call('DEL', keys.task .. taskId, keys.history .. taskId, keys.dependents .. taskId)
end

local function deleteSome(ctx)
  local instances = redis.call('ZRANGE', ctx.keys.active, 0, MOST_INSTANCES - 1)
  for _, id in ipairs(instances) do removeInstance(ctx, id, false) end
  if #instances > 0 then return #instances end
  local tasks = redis.call('ZRANGE', ctx.keys.allTasks, 0, MOST_TASKS - 1)
  for _, id in ipairs(tasks) do deleteTask(ctx, id) end
  return #tasks
end

return runCalls(function(ctx, isForced)
  local keys = ctx.keys
  if isForced == '0' and redis.call('ZCOUNT', keys.active, '(' .. integer(ctx.deadUntil), '+inf') > 0 then
    return {map = {refused = 'bench_has_instances'}}
  end
  local deleted = deleteSome(ctx)
  local isMore = redis.call('EXISTS', keys.active, keys.allTasks) > 0
  if not isMore then
    dropBench(ctx)
  elseif deleted > 0 then
    settleFleet(ctx)
  end
  return {map = {deleted = deleted, more = isMore and 1 or 0}}
end)
