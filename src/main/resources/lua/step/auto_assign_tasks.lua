-- autoAssignTasks(instanceId) -> {assigned, total, moves}: how many tasks the worker was given, how many it holds now,
-- and {taskId, from} for each that was given. Nothing for an instance that is no worker.
--
-- A worker's fair share is ceil((pending + assigned + in progress) / live workers), at most `capacity`. It is filled from the
-- best pending tasks that the worker may take. When none is left for it, the worker takes unclaimed tasks from the most
-- loaded worker that has one for it, while that evens the two out, beyond its share too (others may have no use for those
-- tasks) but not beyond `capacity`: the last in their order, since those would be begun last.
--
-- Most often there is nothing to be had (nothing pending, nobody with two tasks more), and nothing further is looked at then.
--- @include keys
--- @include noted
--- @on-demand take_tasks takeTasks
function step.someMayBeHad(held)
  if held >= capacity then return false end
  noted.pending = noted.pending or redis.call('EXISTS', keys.pending)
  if noted.pending == 1 then return true end
  noted.mostLoaded = noted.mostLoaded or tonumber(redis.call('ZREVRANGE', keys.load, '0', '0', 'WITHSCORES')[2] or 0)
  return noted.mostLoaded >= held + 2
end

function step.autoAssignTasks(instanceId)
  local held = tonumber(redis.call('ZSCORE', keys.load, instanceId))
  if not held or not step.someMayBeHad(held) then return {assigned = 0, total = held or 0, moves = {}} end
  return step.takeTasks(instanceId, held)
end
