#!lua flags=allow-oom
-- Reads a task with its history.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: task id
-- Reply {refused reason} or {task map of the task's fields, history list of its events as JSON, oldest first, dependencies list of {id, status},
--       status empty for one that is not kept any more}
--- @include step/run_calls
--- @include step/task_record

return runCalls(function(ctx, taskId)
  local task = taskRecord(ctx, taskId)
  if not task then return {map = {refused = 'task_not_found'}} end
  local dependencies = {}
  for i, id in ipairs(cjson.decode(task.map.dependsOn)) do
    dependencies[i] = {map = {id = id, status = redis.call('HGET', ctx.keys.task .. id, 'status') or ''}}
  end
  return {map = {task = task, history = redis.call('LRANGE', ctx.keys.history .. taskId, 0, -1), dependencies = dependencies}}
end)
