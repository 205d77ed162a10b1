-- serverVersion() -> the name and version of the server, such as 'Redis 7.0.15'. Valkey says so in INFO, where the user may read it;
-- REDIS_VERSION is the version of Redis that it is compatible with.
local function serverVersion()
  local info = redis.pcall('INFO', 'server')
  local valkey = type(info) == 'string' and string.match(info, 'valkey_version:([%w.]+)')
  return valkey and 'Valkey ' .. valkey or 'Redis ' .. redis.REDIS_VERSION
end
