-- waitForDependencies(ctx, task, dependsOn) notes how many of these tasks are not completed, and that the task waits for them. One that is not
-- kept any more counts as completed.
local function waitForDependencies(ctx, task, dependsOn)
  local seen = {}
  task.waitsFor = 0
  for _, id in ipairs(dependsOn) do
    local status = redis.call('HGET', ctx.keys.task .. id, 'status')
    if status and status ~= 'completed' and not seen[id] then
      seen[id] = true
      redis.call('SADD', ctx.keys.dependents .. id, task.id)
      task.waitsFor = task.waitsFor + 1
    end
  end
  redis.call('HSET', ctx.keys.task .. task.id, 'waitsFor', task.waitsFor)
end
