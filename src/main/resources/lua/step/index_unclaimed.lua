-- indexUnclaimed(ctx) brings the index of unclaimed tasks (unclaimed_tasks.lua) up to date for the workers in ctx.touched.
local function indexUnclaimed(ctx)
  if not next(ctx.touched) then return end
  --- @include unclaimed_tasks
  for workerId in pairs(ctx.touched) do
    dropUnclaimed(ctx, workerId)
    local load = redis.call('ZSCORE', ctx.keys.load, workerId)
    local sets, seen = {}, {}
    for _, task in ipairs(load and unclaimedTasks(ctx, workerId) or {}) do
      if not seen[task.required] then
        seen[task.required] = true
        sets[#sets + 1] = task.required
        redis.call('ZADD', ctx.keys.unclaimed .. task.required, load, workerId)
      end
    end
    if #sets > 0 then redis.call('HSET', ctx.keys.unclaimedSets, workerId, table.concat(sets, ' ')) end
  end
end
