import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { demangle } from '../../../../src/host/symbols/demangle.js';

/** As `c++filt -p` has them. */
const CPP = {
  _ZNK3Foo3barEv: 'Foo::bar',
  '_ZN3Foo3barEv.isra.0': 'Foo::bar',
  _ZN3FooC2Ev: 'Foo::Foo',
  _ZN3FooD0Ev: 'Foo::~Foo',
  _ZN12_GLOBAL__N_13fooEv: '(anonymous namespace)::foo',
  _ZZ4mainENKUliE_clEi: 'main::{lambda(int)#1}::operator()',
  _ZSt4moveIRiEONSt16remove_referenceIT_E4typeEOS2_: 'std::move<int&>',
  _ZNSsC1ERKSs: 'std::basic_string<char, std::char_traits<char>, std::allocator<char> >::basic_string',
  _ZNSt6vectorIiSaIiEE9push_backERKi: 'std::vector<int, std::allocator<int> >::push_back',
  _ZN3FooIPFviEE3barEv: 'Foo<void (*)(int)>::bar',
  _ZThn16_N3Foo3barEv: 'non-virtual thunk to Foo::bar()',
  _ZNKSt8functionIFviEEclEi: 'std::function<void (int)>::operator()',
  _ZN3FoocvSt6vectorIiSaIiEEEv: 'Foo::operator std::vector<int, std::allocator<int> >',
  _ZN3FooB5cxx113barEv: 'Foo[abi:cxx11]::bar',
  _ZN3FooIJilEE3barEv: 'Foo<int, long>::bar',
  _ZN3FooILj5ELc97ELb1EE3barEv: 'Foo<5u, (char)97, true>::bar',
  _ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_PKc: 'std::operator<< <std::char_traits<char> >',
  _Z3addii: 'add',
  // Of Node: as long as symbols of C++ are every day.
  _ZN12v8_inspector12_GLOBAL__N_119innerCallFunctionOnEPNS_22V8InspectorSessionImplERNS_14InjectedScript5ScopeEN2v85LocalINS6_5ValueEEERKNS_8String16EN8v8_crdtp6detail8PtrMaybeISt6vectorISt10unique_ptrINS_8protocol7Runtime12CallArgumentESt14default_deleteISK_EESaISN_EEEEbNS_8WrapModeEbbSC_bSH_INSJ_7Backend22CallFunctionOnCallbackESL_IST_EE:
    'v8_inspector::(anonymous namespace)::innerCallFunctionOn',
};

/** As c++filt has them, without hashes of crates and without types of constants, as rustfilt prints them. */
const RUST_V0 = {
  _RINvCs6xxl1lAjzDf_1a3genTlEQaEB2_: 'a::gen::<(i32,), &mut i8>',
  _RINvCs6xxl1lAjzDf_1a3genhINtNtCsgEmfK2I1SDS_4core6option6OptionAlj3_EEB2_:
    'a::gen::<u8, core::option::Option<[i32; 3]>>',
  _RINvMNtCsgEmfK2I1SDS_4core3stre18trim_start_matchesReECsgY6Mt91CT9J_14rustc_demangle:
    '<str>::trim_start_matches::<&str>',
  _RNvC6_123foo3bar: '123foo::bar',
  _RNCNvC4test4main0: 'test::main::{closure#0}',
  _RNvYhNtC4test5Trait3run: '<u8 as test::Trait>::run',
};

const RUST_LEGACY = {
  _ZN4core3ptr4read17h0123456789abcdefE: 'core::ptr::read',
  '_ZN3std2io5Write9write_all17h0123456789abcdefE.llvm.8437561234567890': 'std::io::Write::write_all',
  '_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE':
    "<Test + 'static as foo::Bar<Test>>::bar",
  _ZN28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE: '{{closure}}',
};

describe.each(Object.entries({ CPP, RUST_V0, RUST_LEGACY }))('%s', (_, pairs) => {
  test.each(Object.entries(pairs))('%s', (symbol, name) => {
    expect(demangle(symbol)).toBe(name);
  });
});

test.each([
  'main',
  'main.(*Server).handle',
  'Builtins_InterpreterEntryTrampoline',
  // Nothing, a length too long, a substitution of nothing, parameters of a template.
  '_Z',
  '_ZN9999fooEv',
  '_ZNS5_3fooEv',
  '_ZN3FooIT_E3barEv',
  '_ZN1aIXsr1bE1cEE1dEv',
  // A crate of another alphabet, a function pointer, what refers to itself.
  '_RNvC4testu8gdel_5qa',
  '_RINvC4test3fooFuEuE',
  '_RNvB_3foo',
  '_R',
  // Names of Rust that do not fill their lengths, or nothing but a hash.
  '_ZN4core3pt17h0123456789abcdefE',
  '_ZN17h0123456789abcdef17h0123456789abcdeE',
])('%s stays as it is', (symbol) => {
  expect(demangle(symbol)).toBe(symbol);
});

test('a name that doubles itself over and over is given up', () => {
  let symbol = '_Z1fI3fooE1gI';
  for (let n = 0; n < 400; n += 1)
    symbol += `1aI${n === 0 ? 'S_S_' : `S${(n - 1).toString(36).toUpperCase()}_S${(n - 1).toString(36).toUpperCase()}_`}E`;
  expect(demangle(`${symbol}E`)).toBe(`${symbol}E`);
});

test('whatever a symbol is, it ends, soon, in a name of bounded length', () => {
  const pieces = fc.constantFrom(...'NSIEPKRFvicT_Z0123456789sLJXDCBMYu', 'St', '3foo', 'S_', 'S0_', 'Cv', 'B_', 'B0_');
  fc.assert(
    fc.property(
      fc.constantFrom('_Z', '_R', '_ZN', '_RNv', '_RINv'),
      fc.array(pieces, { maxLength: 60 }),
      (start, all) => {
        const symbol = start + all.join('');
        expect(demangle(symbol).length).toBeLessThanOrEqual(Math.max(4096, symbol.length));
      },
    ),
    { numRuns: 3000 },
  );
});
