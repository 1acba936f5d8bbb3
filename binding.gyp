# Native code, built into build/Release:
#   gapscope.node              what Node itself needs: probe(), capture of CUDA work inside the Node process
#   libgapscope_capture.so     injected into the profiled process; needs CUDA headers, no CUDA library
#   arrow_writer_test, harness, nvtx_program, libfake_cupti.so    test programs
# native/build.sh builds the capture library with the same flags where there is no node-gyp: keep them in step.
{
  'variables': {
    # No CUDA headers, no capture library: find-cuda-headers.mjs says so on stderr.
    'cuda_include%': '<!(node scripts/find-cuda-headers.mjs)',
  },
  'target_defaults': {
    'cflags': ['-Wall', '-Wextra', '-Werror', '-g1', '-fPIC', '-fvisibility=hidden'],
    'cflags_cc': ['-std=c++17'],
    'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++17', '-std=gnu++20'],
    'configurations': {'Release': {'cflags': ['-O2'], 'cflags!': ['-O3']}},
    'include_dirs': ['native'],
    'conditions': [['OS!="linux"', {'type': 'none', 'sources/': [['exclude', '.*']]}]],
  },
  'targets': [
    {
      'target_name': 'gapscope_arrow',
      'type': 'static_library',
      'sources': ['native/arrow/batch.cc', 'native/arrow/message.cc', 'native/arrow/stream_writer.cc'],
    },
    {
      'target_name': 'gapscope',
      'sources': [
        'native/addon/addon.cc',
        'native/addon/capture.cc',
        'native/addon/cuda_driver.cc',
        'native/addon/cupti_search.cc',
        'native/addon/probe.cc',
      ],
      'defines': ['NAPI_VERSION=8', 'NODE_ADDON_API_CPP_EXCEPTIONS'],
      'include_dirs': ['<!(node -p "require(\'node-addon-api\').include_dir")'],
      'libraries': ['-ldl'],
    },
    {
      'target_name': 'arrow_writer_test',
      'type': 'executable',
      'sources': ['native/test/arrow_writer_test.cc'],
      'dependencies': ['gapscope_arrow'],
    },
  ],
  'conditions': [
    ['cuda_include!=""', {
      'targets': [
        {
          'target_name': 'gapscope_capture',
          'type': 'shared_library',
          'product_prefix': 'lib',
          'product_dir': '<(PRODUCT_DIR)',
          'sources': ['<!@(node -p "require(\'fs\').readdirSync(\'native/capture\').filter(f=>f.endsWith(\'.cc\')).map(f=>\'native/capture/\'+f).join(\' \')")'],
          'dependencies': ['gapscope_arrow'],
          'cflags': ['-isystem <(cuda_include)'],
          'ldflags': [
            '-static-libstdc++', '-static-libgcc', '-Wl,--exclude-libs,ALL', '-Wl,-z,defs',
            '-Wl,--version-script=<(module_root_dir)/native/exports.map',
          ],
          'libraries': ['-ldl', '-lpthread'],
        },
        {
          # The real one's soname, under which a program that has loaded it is known; another file name, so that it is
          # never found by accident.
          'target_name': 'fake_cupti',
          'type': 'shared_library',
          'product_prefix': 'lib',
          'product_dir': '<(PRODUCT_DIR)',
          'sources': ['<!@(node -p "require(\'fs\').readdirSync(\'native/test/fake_cupti\').filter(f=>f.endsWith(\'.cc\')).map(f=>\'native/test/fake_cupti/\'+f).join(\' \')")'],
          'cflags!': ['-fvisibility=hidden'],  # CUPTI's headers do not mark all they declare as visible
          'cflags': ['-isystem <(cuda_include)'],
          # Among the libraries because gyp's own -soname comes after ldflags, and the last one wins.
          'libraries': ['-lpthread', '-Wl,-soname,libcupti.so.13'],
        },
        {
          'target_name': 'harness',
          'type': 'executable',
          'sources': ['<!@(node -p "require(\'fs\').readdirSync(\'native/test/harness\').filter(f=>f.endsWith(\'.cc\')).map(f=>\'native/test/harness/\'+f).join(\' \')")'],
          'cflags': ['-isystem <(cuda_include)'],
          'libraries': ['-ldl', '-lpthread'],
        },
        {
          'target_name': 'nvtx_program',
          'type': 'executable',
          'sources': ['native/test/nvtx_program.c'],
          'cflags': ['-isystem <(cuda_include)'],
          'libraries': ['-ldl', '-lpthread'],
        },
      ],
    }],
  ],
}
