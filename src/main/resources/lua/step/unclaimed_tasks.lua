-- Who has tasks that others may take, by the roles that those require: cb:workers:unclaimed:{roles} has the workers that hold an
-- unclaimed task with that set of required roles, by how many tasks they hold in all. cb:workers:rolesets names the sets under
-- which a worker is found there, with blanks between.
--
-- unclaimedTasks(workerId) -> what a worker holds and has not claimed, in order: {id, order, roleSet} each. Its length is
-- bounded by the capacity of a worker when it was given them.
-- `touched`: workers whose tasks have changed, in this script, since the index was brought up to date.
-- indexUnclaimed() brings it up to date.
-- dropUnclaimed(workerId) takes a worker out of it, and from `touched`: what is out needs no update.
--- @include keys
--- @include task_record
local touched = {}

local function unclaimedTasks(workerId)
  local found = {}
  local held = redis.pcall('ZRANGE', queueKey(workerId), 0, -1, 'WITHSCORES')
  -- no queue of ours: it has nothing that could be taken
  if held.err then return found end
  for i = 1, #held, 2 do
    local task = taskFields(held[i], 'status', 'roleSet')
    if task[1] == 'assigned' then
      found[#found + 1] = {id = held[i], order = tonumber(held[i + 1]), roleSet = task[2]}
    end
  end
  return found
end

local function dropUnclaimed(workerId)
  for roleSet in string.gmatch(redis.call('HGET', unclaimedSetsKey, workerId) or '', '%S+') do
    redis.call('ZREM', unclaimedKey(roleSet), workerId)
  end
  redis.call('HDEL', unclaimedSetsKey, workerId)
  touched[workerId] = nil
end

local function indexUnclaimed()
  for workerId in pairs(touched) do
    dropUnclaimed(workerId)
    local load = redis.call('ZSCORE', loadKey, workerId)
    local roleSets, seen = {}, {}
    for _, task in ipairs(unclaimedTasks(workerId)) do
      if load and not seen[task.roleSet] then
        seen[task.roleSet] = true
        roleSets[#roleSets + 1] = task.roleSet
        redis.call('ZADD', unclaimedKey(task.roleSet), load, workerId)
      end
    end
    if #roleSets > 0 then
      redis.call('HSET', unclaimedSetsKey, workerId, table.concat(roleSets, ' '))
    end
  end
end
