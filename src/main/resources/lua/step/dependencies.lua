-- waitForDependencies(ctx, task, dependsOn) notes that the task waits for those of these tasks that are not completed, and in task.waitsFor
-- how many they are. One that is not kept any more counts as completed.
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
end
