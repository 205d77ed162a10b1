-- Who has tasks that others may take, by the roles that those require: cb:workers:unclaimed:{roles} has the workers that hold an
-- unclaimed task with that set of required roles, by how many tasks they hold in all. cb:workers:rolesets names the sets under
-- which a worker is found there, with blanks between.
--
-- unclaimedTasks(workerId) -> what a worker holds and has not claimed, in order: {id, order, roleSet} each. Its length is
-- bounded by the capacity of a worker when it was given them.
-- indexUnclaimed() brings it up to date for the workers in `noted.touched`.
-- dropUnclaimed(workerId) takes a worker out of it, and from `noted.touched`: what is out needs no update.
--- @include keys
--- @include task_record
--- @include noted

function step.unclaimedTasks(workerId)
  local found = {}
  local held = redis.pcall('ZRANGE', keys.queue(workerId), 0, -1, 'WITHSCORES')
  -- no queue of ours: it has nothing that could be taken
  if held.err then return found end
  for i = 1, #held, 2 do
    local task = step.taskFields(held[i], 'status', 'roleSet')
    if task[1] == 'assigned' then
      found[#found + 1] = {id = held[i], order = tonumber(held[i + 1]), roleSet = task[2]}
    end
  end
  return found
end

function step.dropUnclaimed(workerId)
  for roleSet in string.gmatch(redis.call('HGET', keys.unclaimedSets, workerId) or '', '%S+') do
    redis.call('ZREM', keys.unclaimed(roleSet), workerId)
  end
  redis.call('HDEL', keys.unclaimedSets, workerId)
  noted.touched[workerId] = nil
end

function step.indexUnclaimed()
  for workerId in pairs(noted.touched) do
    step.dropUnclaimed(workerId)
    local load = redis.call('ZSCORE', keys.load, workerId)
    local roleSets, seen = {}, {}
    for _, task in ipairs(step.unclaimedTasks(workerId)) do
      if load and not seen[task.roleSet] then
        seen[task.roleSet] = true
        roleSets[#roleSets + 1] = task.roleSet
        redis.call('ZADD', keys.unclaimed(task.roleSet), load, workerId)
      end
    end
    if #roleSets > 0 then
      redis.call('HSET', keys.unclaimedSets, workerId, table.concat(roleSets, ' '))
    end
  end
end
