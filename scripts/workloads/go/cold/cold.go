// Package cold is a file whose pages are not in memory, and the ways to read one of them.
package cold

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"syscall"
)

// PageBytes is the size of a page on x86-64.
const PageBytes = 4096

const (
	chunkBytes = 1 << 20
	// POSIX_FADV_DONTNEED of <linux/fadvise.h>.
	fadviseDontNeed = 4
)

// File is a file and a mapping of it, shared and read-only, with MADV_RANDOM: a fault reads the one page.
type File struct {
	Pages   int
	mapping []byte
	fd      int
}

// openAt maps an existing file.
func openAt(path string) (*File, error) {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", path, err)
	}
	var stat syscall.Stat_t
	if err := syscall.Fstat(fd, &stat); err != nil {
		return nil, err
	}
	mapping, err := syscall.Mmap(fd, 0, int(stat.Size), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("cannot map %s: %w", path, err)
	}
	if err := syscall.Madvise(mapping, syscall.MADV_RANDOM); err != nil {
		return nil, err
	}
	file := &File{Pages: len(mapping) / PageBytes, mapping: mapping, fd: fd}
	return file, file.Evict(0, file.Pages)
}

// openIn maps a file of real blocks in dir, of the same name and size as scripts/workloads/coldfile.c keeps there.
func openIn(dir string, pages int) (*File, error) {
	path := filepath.Join(dir, fmt.Sprintf("faultscope-cold-%d.dat", pages))
	if !isWhole(path, int64(pages)*PageBytes) {
		if err := write(path, int64(pages)*PageBytes); err != nil {
			return nil, err
		}
	}
	return openAt(path)
}

// Source is which file to read and how, as the command line says.
type Source struct {
	path, dir, how *string
	mib            *int
}

// SourceFlags adds the options -file, -dir, -mib and -how.
func SourceFlags() Source {
	return Source{
		path: flag.String("file", "", "the file to read; without it one is kept in -dir"),
		dir:  flag.String("dir", "/var/tmp", "where its own file is kept; not on tmpfs"),
		mib:  flag.Int("mib", 512, "size of its own file"),
		how:  flag.String("how", "mmap", "mmap, pread or cgo"),
	}
}

// How is the way of reading it.
func (s Source) How() How { return How(*s.how) }

// Open maps the file, and makes what reads a page of it.
func (s Source) Open() (*File, func(page int) byte, error) {
	var file *File
	var err error
	if *s.path != "" {
		file, err = openAt(*s.path)
	} else {
		file, err = openIn(*s.dir, *s.mib<<20/PageBytes)
	}
	if err != nil {
		return nil, nil, err
	}
	read, err := file.Reader(s.How())
	return file, read, err
}

func isWhole(path string, bytes int64) bool {
	var stat syscall.Stat_t
	return syscall.Stat(path, &stat) == nil && stat.Size == bytes && stat.Blocks*512 >= bytes
}

// Under another name first: a run that is stopped half way leaves no half file behind.
func write(path string, bytes int64) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".")
	if err != nil {
		return err
	}
	defer file.Close()
	chunk := make([]byte, chunkBytes)
	// Random bytes, so that no file system compresses them away.
	random := rand.New(rand.NewSource(1))
	for done := int64(0); done < bytes; {
		random.Read(chunk)
		wanted := bytes - done
		if wanted > chunkBytes {
			wanted = chunkBytes
		}
		if _, err := file.Write(chunk[:wanted]); err != nil {
			return err
		}
		done += wanted
	}
	// A dirty page cannot be evicted.
	if err := file.Sync(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// Evict makes pages cold: a later touch is a major fault again.
func (f *File) Evict(first, count int) error {
	from, to := first*PageBytes, (first+count)*PageBytes
	// Unmapped first: the kernel does not drop a page that is still mapped (mapping_evict_folio).
	if err := syscall.Madvise(f.mapping[from:to], syscall.MADV_DONTNEED); err != nil {
		return err
	}
	_, _, errno := syscall.Syscall6(syscall.SYS_FADVISE64, uintptr(f.fd), uintptr(from), uintptr(to-from), fadviseDontNeed, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// How is a way to read a page.
type How string

const (
	// Mmap touches the mapping in Go code: the goroutine keeps its P while it waits.
	Mmap How = "mmap"
	// Pread asks with pread(2): no page fault, and the P can be given away.
	Pread How = "pread"
	// Cgo touches the mapping in C: a page fault, and the P can be given away.
	Cgo How = "cgo"
)

// Reader returns the function that reads a page and returns its first byte.
func (f *File) Reader(how How) (func(page int) byte, error) {
	switch how {
	case Mmap:
		return f.touch, nil
	case Pread:
		return f.pread, nil
	case Cgo:
		return f.touchInC()
	}
	return nil, fmt.Errorf("there is no -how %s: mmap, pread, cgo", how)
}

func (f *File) touch(page int) byte { return f.mapping[page*PageBytes] }

func (f *File) pread(page int) byte {
	var content [PageBytes]byte
	if _, err := syscall.Pread(f.fd, content[:], int64(page)*PageBytes); err != nil {
		panic(err)
	}
	return content[0]
}
