-- evenOut(ctx, instanceId, roles, held) -> how many tasks the worker holds then. It takes unclaimed tasks from the most loaded worker that
-- has one for it, the last in their order, until the two hold about as many, or it holds `capacity`.
--- @include role_list
--- @include task_queues
--- @include unclaimed_tasks
--- @include index_unclaimed
local function evenOut(ctx, instanceId, roles, held)
  local capacity = ctx.settings.capacity

  -- each taken task unloads one donor, so as many donors of each set of roles are enough as tasks can be taken
  local function findDonors()
    local donors, seen = {}, {}
    for _, required in ipairs(redis.call('HKEYS', ctx.keys.roleSets)) do
      if hasAllRoles(roles, required) then
        local loads = redis.call('ZREVRANGEBYSCORE', ctx.keys.unclaimed .. required, '+inf', held + 2, 'WITHSCORES',
          'LIMIT', 0, capacity - held)
        for i = 1, #loads, 2 do
          if not seen[loads[i]] then
            seen[loads[i]] = true
            donors[#donors + 1] = {id = loads[i], load = tonumber(loads[i + 1])}
          end
        end
      end
    end
    return donors
  end

  local function mostLoaded(donors)
    local most
    for _, donor in ipairs(donors) do
      if not donor.spent and (not most or donor.load > most.load) then most = donor end
    end
    return most
  end

  -- the last task of the donor that the roles allow, nil when there is none; its tasks are looked up once
  local function lastTaskOf(donor)
    if not donor.tasks then
      donor.tasks = {}
      for _, task in ipairs(unclaimedTasks(ctx, donor.id)) do
        if hasAllRoles(roles, task.required) then table.insert(donor.tasks, task) end
      end
    end
    return table.remove(donor.tasks)
  end

  indexUnclaimed(ctx)
  local donors = findDonors()
  while held < capacity do
    local donor = mostLoaded(donors)
    if not donor or donor.load - held < 2 then break end
    local task = lastTaskOf(donor)
    if task then
      takeBack(ctx, task.id, donor.id)
      giveTask(ctx, task.id, task.order, instanceId)
      donor.load, held = donor.load - 1, held + 1
      table.insert(ctx.moves, {taskId = task.id, workerId = instanceId, from = donor.id})
    else
      donor.spent = true
    end
  end
  return held
end
