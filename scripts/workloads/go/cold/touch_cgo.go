//go:build cgo

package cold

// static unsigned char touch(const volatile unsigned char *page) { return *page; }
import "C"
import "unsafe"

func (f *File) touchInC() (func(page int) byte, error) {
	return func(page int) byte {
		return byte(C.touch((*C.uchar)(unsafe.Pointer(&f.mapping[page*PageBytes]))))
	}, nil
}
