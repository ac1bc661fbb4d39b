{
  'targets': [
    {
      'target_name': 'tspahole_map',
      'conditions': [
        ['OS=="linux"', {
          'sources': ['src/native/map.c'],
          'defines': ['NAPI_VERSION=8', '_GNU_SOURCE'],
          'cflags': ['-std=c11', '-Wall', '-Wextra', '-fvisibility=hidden'],
          'ldflags': ['-Wl,-z,now', '-s'],
        }, {
          'type': 'none',
        }],
      ],
    },
  ],
}
