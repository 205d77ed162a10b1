-- tellHolder(ctx, task): the holder of a task in progress is told at its next heartbeat that the task is taken from it.
local function tellHolder(ctx, task)
  local record = ctx.keys.instance .. task.workerId
  local ids = redis.call('HGET', record, 'taken')
  -- a record that has lapsed must not come back as a part
  if redis.call('EXISTS', record) == 1 then redis.call('HSET', record, 'taken', (ids and ids .. ' ' or '') .. task.id) end
end
