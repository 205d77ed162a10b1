--- @once
-- The functions of all steps are in one table: a function that refers to one table is made faster, and all are made anew in each
-- run, than one that refers to many locals.
local step = {}

-- What steps note for others while the script runs, and from one of its calls to the next.
-- noted.changed: whether the fleet has changed since settleFleet last ran, and noted.liveId: an instance that is alive then
-- noted.counts: how much is to be added to which of the global metrics
-- noted.dead: the instances whose deadline had passed when it began, once somebody has looked, and until they are cleared away
-- noted.leader: {id or nil, newest term}, likewise, until it changes
-- noted.deadWorkers: how many workers are dead and not cleared away, likewise
-- noted.mostLoaded: how many tasks the most loaded worker has, and noted.pending: 1 when tasks are pending, 0 when none are;
--   both once somebody has looked, until it changes
-- noted.moved: whether tasks have changed their state
-- noted.newcomers: instances that are not in the indexes yet (newcomers.lua)
-- noted.ranked: how many candidates have been given a rank, less one
-- noted.roles: what lists of roles in JSON mean (role_sets.lua)
-- noted.sharedTypes: whether the keys that all calls share were found to be of their types
-- noted.touched: workers whose unclaimed tasks may have changed since indexUnclaimed (unclaimed_tasks.lua) last ran
-- noted.version: of the global state, once somebody has looked
local noted = {counts = {}, roles = {}, touched = {}}

-- tasksMove(): tasks change their state, and what workers hold with it
function step.tasksMove()
  noted.moved = true
  noted.pending, noted.mostLoaded = nil, nil
end

-- count(name): one more of the global metric of that name, once aggregateGlobalMetrics runs
function step.count(name)
  noted.counts[name] = (noted.counts[name] or 0) + 1
end
