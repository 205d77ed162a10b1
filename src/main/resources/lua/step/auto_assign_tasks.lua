-- autoAssignTasks(ctx, instanceId) -> {assigned, total}: how many tasks the worker was given, and how many it holds now, nil where that was
-- not looked up. An instance that is no worker is given nothing. The caller emits the events
-- (announce_tasks.lua).
--
-- A worker's fair share is ceil((pending + assigned + in progress) / live workers), at most `capacity`. It is filled with the best pending
-- tasks that the worker may take. When none is left for it, it takes unclaimed tasks of others (even_out.lua), beyond its share, too:
-- others may have no use for those.
local function autoAssignTasks(ctx, instanceId)
  local keys, capacity = ctx.keys, ctx.settings.capacity
  local existing = redis.call('EXISTS', keys.roleSets, keys.pending)
  -- no task is open
  if existing == 0 then return {assigned = 0, total = 0} end
  local isAnyPending = existing == 2
  local mostHeld = not isAnyPending and tonumber(redis.call('ZREVRANGE', keys.load, '0', '0', 'WITHSCORES')[2] or 0)
  -- most often nothing is pending and nobody has two tasks more
  if not isAnyPending and mostHeld < 2 then return {assigned = 0} end
  local held = tonumber(redis.call('ZSCORE', keys.load, instanceId) or nil)
  if not held or held >= capacity or not isAnyPending and mostHeld < held + 2 then return {assigned = 0, total = held or 0} end
  --- @include take_tasks
  return takeTasks(ctx, instanceId, held)
end
