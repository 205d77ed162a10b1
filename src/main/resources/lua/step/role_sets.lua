-- The sets of required roles of the tasks that wait to be begun, as a tree: keys.nextRoles .. set has the roles with which larger sets go on, in
-- alphabetical order. A worker follows its own roles alone, so that sets with a role that it lacks cost it nothing, however many they are.
-- fileRoleSet(ctx, required) -> how many roles were added, so that the set is found.
-- unfileRoleSet(ctx, required): a task with this set has left its queue. If it was the last one, the set is not found any more.
-- roleSetsOf(ctx, roles) -> the sets that a worker with these roles may take tasks of, smaller ones first. Of each size MOST_SETS are looked at, all
--   of them for a worker with few roles; of more, others each time.
local MOST_SETS = 200

local function withRole(set, role)
  return set == '-' and role or set .. ',' .. role
end

local function fileRoleSet(ctx, required)
  local set, added = '-', 0
  if required == set then return added end
  for role in string.gmatch(required, '[^,]+') do
    added = added + redis.call('SADD', ctx.keys.nextRoles .. set, role)
    set = withRole(set, role)
  end
  return added
end

local function unfileRoleSet(ctx, required)
  local keys, set = ctx.keys, required
  while set ~= '-' and redis.call('EXISTS', keys.open.pending .. set, keys.open.assigned .. set, keys.nextRoles .. set) == 0 do
    local smaller, role = string.match(set, '^(.*),(.*)$')
    redis.call('SREM', keys.nextRoles .. (smaller or '-'), role or set)
    set = smaller or '-'
  end
end

local function roleSetsOf(ctx, roles)
  local names, sets, found = {}, {}, {'-'}
  for role in pairs(roles) do names[#names + 1] = role end
  while #found > 0 do
    local larger = {}
    for i = 1, math.min(#found, MOST_SETS) do
      local set = found[(ctx.nowMicros + i) % #found + 1]
      sets[#sets + 1] = set
      for j, goesOn in ipairs(redis.call('SMISMEMBER', ctx.keys.nextRoles .. set, unpack(names))) do
        if goesOn == 1 then larger[#larger + 1] = withRole(set, names[j]) end
      end
    end
    found = larger
  end
  return sets
end
