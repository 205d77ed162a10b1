#!lua flags=allow-oom
-- Lists tasks page by page: all in the order of creation; those with a status in its order (step/task_queues.lua); those that a worker has by
-- priority and arrival, of these perhaps only the ones with a status.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: most tasks, position behind which the page begins: score and id
--       (step/read_page.lua), status (empty for any), worker id (empty for any)
-- Reply {records list of maps of the tasks' fields, score, id}, the latter two where the next page begins, if more follow
--- @include step/run_calls
--- @include step/task_record
--- @include step/read_page

-- what a worker holds is examined at once: capacities are less
local MOST_HELD = 1000

return runCalls(function(ctx, limitText, score, lastId, status, workerId)
  local keys, limit = ctx.keys, tonumber(limitText)
  local isOfWorker = workerId ~= ''
  local index = isOfWorker and keys.queue .. workerId or keys.tasks[status] or keys.allTasks
  return readPage(index, {score = score, id = lastId}, limit, isOfWorker and MOST_HELD or limit, function(id)
    local task = taskRecord(ctx, id)
    return task and (status == '' or task.map.status == status) and task or nil
  end)
end)
