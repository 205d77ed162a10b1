-- redistribute(ctx) -> how many tasks were given away. It hands pending tasks to live workers, each up to its fair share, so that they
-- do not wait for somebody's next heartbeat: to the least loaded ones, and for a set of roles that none of those has, to some
-- that have it, chosen at random. The more sets of roles there are to look through for each worker, the fewer workers are asked.
--- @include auto_assign_tasks
--- @include announce_tasks
local function redistribute(ctx)
  local keys, given = ctx.keys, 0
  if redis.call('EXISTS', keys.pending) == 0 then return given end
  --- @include holder
  --- @include role_list
  local sets = redis.call('HLEN', keys.roleSets)
  local most = math.max(4, math.min(30, math.floor(1000 / sets)))

  local function addWorker(workers, id)
    if workers[id] or not redis.call('ZSCORE', keys.load, id) or not isAlive(ctx, id) then return end
    workers[id] = true
    workers[#workers + 1] = {id = id, roles = rolesOf(ctx, id)}
  end

  -- the role of a set that the fewest instances have
  local function rarestRole(required)
    if required == '-' then return 'worker' end
    local rarest, fewest
    for role in string.gmatch(required, '[^,]+') do
      local instances = redis.call('SCARD', keys.role .. role)
      if not fewest or instances < fewest then rarest, fewest = role, instances end
    end
    return rarest
  end

  local function anyMayTake(workers, last, required)
    for i = 1, last do
      if hasAllRoles(workers[i].roles, required) then return true end
    end
    return false
  end

  local function workersToAsk()
    local workers = {}
    for _, id in ipairs(redis.call('ZRANGE', keys.load, 0, most - 1)) do addWorker(workers, id) end
    local leastLoaded = #workers
    for _, required in ipairs(redis.call('HRANDFIELD', keys.roleSets, most)) do
      if not anyMayTake(workers, leastLoaded, required) and redis.call('EXISTS', keys.pendingRoles .. required) == 1 then
        local some = redis.call('SRANDMEMBER', keys.role .. rarestRole(required), math.max(1, math.floor(most / sets)))
        for _, id in ipairs(some) do addWorker(workers, id) end
      end
    end
    return workers
  end

  for _, worker in ipairs(workersToAsk()) do
    if redis.call('EXISTS', keys.pending) == 0 then break end
    given = given + autoAssignTasks(ctx, worker.id).assigned
    announceTasks(ctx)
  end
  return given
end
