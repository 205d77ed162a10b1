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

function step.addWorker(workers, id)
  if workers[id] or not redis.call('ZSCORE', keys.load, id) or not step.isAlive(id) then return end
  -- something else is there instead of its queue: it cannot be given anything
  if type(redis.pcall('ZCARD', keys.queue(id))) ~= 'number' then return end
  local worker = {id = id, roles = step.rolesOf(id)}
  workers[id] = worker
  workers[#workers + 1] = worker
end

-- the role of a set that the fewest instances have; a worker that needs none has at least the role `worker`
function step.rarestRole(roleSet)
  if roleSet == '-' then return 'worker' end
  local rarest, fewest
  for role in string.gmatch(roleSet, '[^,]+') do
    local count = redis.call('SCARD', keys.role(role))
    if not fewest or count < fewest then rarest, fewest = role, count end
  end
  return rarest
end

function step.anyCanTake(workers, count, roleSet)
  for i = 1, count do
    if step.hasAllRoles(workers[i].roles, roleSet) then return true end
  end
  return false
end

function step.workersToAsk()
  local sets = redis.call('HLEN', keys.roleSets)
  local most = math.max(LEAST_ASKED, math.min(MOST_ASKED, math.floor(QUEUES_LOOKED_AT / sets)))
  local workers = {}
  for _, id in ipairs(redis.call('ZRANGE', keys.load, 0, most - 1)) do step.addWorker(workers, id) end
  local leastLoaded = #workers
  for _, roleSet in ipairs(redis.call('HRANDFIELD', keys.roleSets, most)) do
    if not step.anyCanTake(workers, leastLoaded, roleSet) and redis.call('EXISTS', keys.pendingRoles(roleSet)) == 1 then
      local some = redis.call('SRANDMEMBER', keys.role(step.rarestRole(roleSet)), math.max(1, math.floor(most / sets)))
      for _, id in ipairs(some) do step.addWorker(workers, id) end
    end
  end
  return workers
end

function step.redistribute()
  if redis.call('EXISTS', keys.pending) == 0 then return 0 end
  local given = 0
  for _, worker in ipairs(step.workersToAsk()) do
    if redis.call('EXISTS', keys.pending) == 0 then break end
    local tasks = step.autoAssignTasks(worker.id)
    step.announceTasks(worker.id, tasks.moves)
    given = given + tasks.assigned
  end
  return given
end
