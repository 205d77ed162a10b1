-- Lists tasks by status, each status in its order: the open ones by priority and arrival, the ended ones by the time of their end.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: most tasks, where to go on: order of the last task seen, `-inf` at the beginning, and
--       its id (may be empty), statuses with commas between, of which the first is where to go on
-- Reply {tasks list of maps of the tasks' fields, status, order, id of the last one, or no such fields when no more follow}
--- @include step/run_calls
--- @include step/task_record
--- @include step/room

return runCalls(function(ctx, limitText, order, lastId, statuses)
  local keys, limit = ctx.keys, tonumber(limitText)
  local indexes = {
    pending = keys.pending, assigned = keys.assigned, in_progress = keys.inProgress, completed = keys.completed, dead = keys.dead,
  }
  local tasks, listed, last, hasRoom = {}, 0, nil, newRoom()
  local from, seen = order, lastId

  local function pageUpToLast()
    return {map = {tasks = tasks, status = last.status, order = last.order, id = last.id}}
  end

  for status in string.gmatch(statuses, '[^,]+') do
    -- two more than wanted: the one seen last, and one that tells whether more follow
    local found = redis.call('ZRANGEBYSCORE', indexes[status], from, '+inf', 'WITHSCORES', 'LIMIT', 0, limit - listed + 2)
    for i = 1, #found, 2 do
      local id, score = found[i], found[i + 1]
      if not (score == from and id <= seen) then
        if listed == limit then return pageUpToLast() end
        local task = taskRecord(ctx, id)
        if task and not hasRoom(task) then return pageUpToLast() end
        -- counted even when its record is gone, so that the next page goes on behind it
        listed = listed + 1
        tasks[#tasks + 1] = task
        last = {status = status, order = score, id = id}
      end
    end
    from, seen = '-inf', ''
  end
  return {map = {tasks = tasks}}
end)
