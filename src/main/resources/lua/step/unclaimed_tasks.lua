-- Who holds tasks that others may take: cb:workers:unclaimed:{roles} has the workers that hold an unclaimed task with that set of required
-- roles, by how many tasks they hold in all. cb:workers:rolesets names the sets under which a worker is found there.
-- unclaimedTasks(ctx, workerId) -> what a worker holds and has not claimed, in order: {id, order, required} each.
-- dropUnclaimed(ctx, workerId) removes a worker from the index.
-- indexUnclaimed (index_unclaimed.lua) brings it up to date.
--- @include task_record
local function unclaimedTasks(ctx, workerId)
  local found = {}
  local held = redis.call('ZRANGE', ctx.keys.queue .. workerId, 0, -1, 'WITHSCORES')
  for i = 1, #held, 2 do
    local task = taskFields(ctx, held[i], 'status', 'roleSet')
    if task[1] == 'assigned' then
      found[#found + 1] = {id = held[i], order = tonumber(held[i + 1]), required = task[2]}
    end
  end
  return found
end

local function dropUnclaimed(ctx, workerId)
  for required in string.gmatch(redis.call('HGET', ctx.keys.unclaimedSets, workerId) or '', '%S+') do
    redis.call('ZREM', ctx.keys.unclaimed .. required, workerId)
  end
  redis.call('HDEL', ctx.keys.unclaimedSets, workerId)
  ctx.touched[workerId] = nil
end
