-- redistribute(): hands pending tasks to the least loaded live workers, RECEIVERS at most, each up to its fair share. Called
-- when tasks have gone back, so that they do not wait for somebody's next heartbeat. Expects `capacity`.
--- @include keys
--- @include holder
--- @include auto_assign_tasks
--- @include announce_tasks
local RECEIVERS = 10

local function redistribute()
  for _, workerId in ipairs(redis.call('ZRANGE', loadKey, 0, RECEIVERS - 1)) do
    if redis.call('EXISTS', pendingKey) == 0 then return end
    if isAlive(workerId) then
      announceTasks(workerId, autoAssignTasks(workerId).moves)
    end
  end
end
