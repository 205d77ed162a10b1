-- redistribute() -> how many tasks were given away. Hands pending tasks to live workers, each up to its fair share, so that
-- they do not wait for somebody's next heartbeat: to the least loaded ones, and for a set of roles that none of those has,
-- to some that have it, chosen at random, so that the next time it comes to others. Whom it does not come to gets
-- tasks at its heartbeat. Expects `capacity`.
--
-- The more sets of roles there are to look through for each worker, the fewer workers are asked.
--- @include keys
--- @include holder
--- @include role_sets
--- @include auto_assign_tasks
--- @include announce_tasks
local MOST_ASKED = 30
local LEAST_ASKED = 4
local QUEUES_LOOKED_AT = 1000

local function addWorker(workers, id)
  if workers[id] or not redis.call('ZSCORE', loadKey, id) or not isAlive(id) then return end
  -- something else is there instead of its queue: it cannot be given anything
  if type(redis.pcall('ZCARD', queueKey(id))) ~= 'number' then return end
  local worker = {id = id, roles = rolesOf(id)}
  workers[id] = worker
  workers[#workers + 1] = worker
end

-- the role of a set that the fewest instances have; a worker that needs none has at least the role `worker`
local function rarestRole(roleSet)
  if roleSet == '-' then return 'worker' end
  local rarest, fewest
  for role in string.gmatch(roleSet, '[^,]+') do
    local count = redis.call('SCARD', roleKey(role))
    if not fewest or count < fewest then rarest, fewest = role, count end
  end
  return rarest
end

local function anyCanTake(workers, count, roleSet)
  for i = 1, count do
    if hasAllRoles(workers[i].roles, roleSet) then return true end
  end
  return false
end

local function workersToAsk()
  local sets = redis.call('HLEN', roleSetsKey)
  local most = math.max(LEAST_ASKED, math.min(MOST_ASKED, math.floor(QUEUES_LOOKED_AT / sets)))
  local workers = {}
  for _, id in ipairs(redis.call('ZRANGE', loadKey, 0, most - 1)) do addWorker(workers, id) end
  local leastLoaded = #workers
  for _, roleSet in ipairs(redis.call('HRANDFIELD', roleSetsKey, most)) do
    if not anyCanTake(workers, leastLoaded, roleSet) and redis.call('EXISTS', pendingRolesKey(roleSet)) == 1 then
      local some = redis.call('SRANDMEMBER', roleKey(rarestRole(roleSet)), math.max(1, math.floor(most / sets)))
      for _, id in ipairs(some) do addWorker(workers, id) end
    end
  end
  return workers
end

local function redistribute()
  if redis.call('EXISTS', pendingKey) == 0 then return 0 end
  local given = 0
  for _, worker in ipairs(workersToAsk()) do
    if redis.call('EXISTS', pendingKey) == 0 then break end
    local tasks = autoAssignTasks(worker.id)
    announceTasks(worker.id, tasks.moves)
    given = given + tasks.assigned
  end
  return given
end
