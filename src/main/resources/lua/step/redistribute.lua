-- redistribute() -> how many tasks were given away. Hands pending tasks to the least loaded live workers that may take them,
-- WORKERS_ASKED at most, each up to its fair share, so that they do not wait for somebody's next heartbeat. Whom it does
-- not come to gets them there. Expects `capacity`.
--- @include keys
--- @include holder
--- @include auto_assign_tasks
--- @include announce_tasks
local WORKERS_ASKED = 30

local function redistribute()
  local given = 0
  for _, workerId in ipairs(redis.call('ZRANGE', loadKey, 0, WORKERS_ASKED - 1)) do
    if redis.call('EXISTS', pendingKey) == 0 then break end
    if isAlive(workerId) then
      local tasks = autoAssignTasks(workerId)
      announceTasks(workerId, tasks.moves)
      given = given + tasks.assigned
    end
  end
  return given
end
